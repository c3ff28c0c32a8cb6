"""The forms about people. Each field is named, typed and limited here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from generations.models import Digest, Project, Role, Verb, Which

from .models import SCOPES, StudioRole, Theme, User

DAYS = [(30, _("30 days")), (90, _("90 days")), (365, _("1 year"))]


class StyledForm(forms.Form):
    """Inputs carry the design system's class and an id free of Django's prefix."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("class", "input")


def password_field(label: Any, new: bool = False, focus: bool = False) -> forms.CharField:
    attrs = {"autocomplete": "new-password" if new else "current-password"}
    if focus:
        attrs["autofocus"] = "autofocus"
    return forms.CharField(label=label, strip=False, max_length=256, widget=forms.PasswordInput(attrs=attrs))


class SignInForm(StyledForm):
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": "autofocus"}
        ),
    )
    password = password_field(_("Password"))


class ConfirmForm(StyledForm):
    password = password_field(_("Password"), focus=True)


class NewPersonForm(StyledForm):
    """The first administrator, or who opens an invitation."""

    display_name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": "autofocus"}),
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        help_text=_("Letters, digits and @ . + - _"),
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("For a new password, if the studio can send mail."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = password_field(_("Password"), new=True)
    password.help_text = _("Ten characters or more.")

    def clean_username(self) -> str:
        name = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("This sign-in name is taken."))
        return str(name)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        named = {key: values.get(key, "") for key in ("username", "email", "display_name")}
        check_password(self, "password", User(**named))
        return values


class NewPasswordForm(StyledForm):
    password = password_field(_("New password"), new=True, focus=True)
    password.help_text = _("Ten characters or more. Other browsers and API tokens are signed out.")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        check_password(self, "password", self.user)
        return values


class ChangePasswordForm(NewPasswordForm):
    current = password_field(_("Current password"))
    field_order = ["current", "password"]


def check_password(form: forms.Form, field: str, user: User) -> None:
    """Put the validators' sentences at the field."""
    if form.cleaned_data.get(field):
        try:
            validate_password(form.cleaned_data[field], user)
        except ValidationError as error:
            form.add_error(field, error)


class ForgotForm(StyledForm):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": "autofocus"})
    )


class ProfileForm(StyledForm):
    display_name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)


class WatchingForm(StyledForm):
    """How a person wants to hear of their takes. Mail can only be chosen where it can arrive."""

    which = forms.ChoiceField(label=_("Tell me of"), choices=Which.choices)
    sound = forms.BooleanField(
        label=_("Play a sound"),
        required=False,
        help_text=_(
            "When a take ends that you are not looking at. Browsers are silent until you click in the page."
        ),
    )
    notify = forms.BooleanField(
        label=_("Show a notification of the browser"),
        required=False,
        help_text=_("As long as a page of the studio is open. Each browser has to allow it once, below."),
    )
    title = forms.BooleanField(
        label=_("Say it in the tab's title"),
        required=False,
        help_text=_("How many are on their way, and what has ended."),
    )
    toasts = forms.BooleanField(label=_("Show a short message on the page"), required=False)
    digest = forms.ChoiceField(
        label=_("Mail me what I have not seen"),
        choices=Digest.choices,
        help_text=_("Nothing is sent when you have seen everything on a page."),
    )

    def __init__(self, *args: Any, user: User, mail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        digest = self.fields["digest"]
        if not mail:
            digest.help_text = _("This studio has no mail server, so it sends no mail.")
        elif not user.email:
            digest.help_text = _("Give your e-mail address above first.")
        if not mail or not user.email:
            digest.disabled, self.initial["digest"] = True, Digest.NEVER


class TokenForm(StyledForm):
    label = forms.CharField(label=_("Label"), max_length=80, help_text=_("What will use it."))
    days = forms.TypedChoiceField(label=_("Valid for"), choices=DAYS, coerce=int, initial=90)
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=list(SCOPES.items()),
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
    )


class RoleForm(StyledForm):
    role = forms.ChoiceField(label=_("Role in the studio"), choices=StudioRole.choices)


class InviteForm(RoleForm):
    email = forms.EmailField(label=_("E-mail"), required=False)
    project = forms.ModelChoiceField(
        label=_("Project"), queryset=Project.objects.none(), required=False, empty_label=_("none")
    )
    project_role = forms.ChoiceField(
        label=_("Role in the project"), choices=Role.choices, initial=Role.EDITOR
    )
    may_create_projects = forms.BooleanField(
        label=_("May start projects"),
        required=False,
        initial=True,
        help_text=_("Who starts a project owns it and spends in it."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = StudioRole.MEMBER
        self.fields["project"].queryset = Project.objects.where(user, Verb.MANAGE)  # type: ignore[attr-defined]


class AddMemberForm(StyledForm):
    """Somebody who is in the studio already, by the name they sign in with."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)

    def clean_username(self) -> User:
        person = User.objects.active().filter(username__iexact=self.cleaned_data["username"].strip()).first()
        if person is None:
            raise ValidationError(_("Nobody signs in by this name. Invite them by link."))
        return person


class InviteMemberForm(StyledForm):
    """Somebody new, into one project."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)
    email = forms.EmailField(label=_("E-mail"), required=False)
