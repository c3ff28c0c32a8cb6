"""Verbs about people: the first administrator, invitations, roles, deactivation, reset links.

Each runs in one transaction and leaves an audit line; ``PeopleError`` carries a sentence for people.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from generations.models import Project, Role
from generations.services import projects
from providers.models import audit

from .models import Invitation, ResetLink, SetupLink, StudioRole, User


class PeopleError(Exception):
    """Refused; the text is fit for the page."""


def create_administrator(link: SetupLink, **fields: Any) -> User:
    """Use the set-up link and make the administrator; of two at once one wins."""
    with transaction.atomic():
        if User.objects.administrators().exists() or not link.use():
            raise PeopleError(_("This link was used already."))
        user = make_user(role=StudioRole.ADMINISTRATOR, may_create_projects=True, **fields)
        audit(user, "created", "person", user.pk, after={"username": user.username, "role": user.role})
    return user


def accept_invitation(link: Invitation, **fields: Any) -> User:
    """Use the invitation and make its person, in the project it names as well."""
    with transaction.atomic():
        if not link.use():
            raise PeopleError(_("This invitation was used already."))
        user = make_user(role=link.role, may_create_projects=link.may_create_projects, **fields)
        join_project(user, link)
        audit(user, "joined", "person", user.pk, after={"username": user.username, "role": user.role})
    return user


def make_user(username: str, password: str, **fields: Any) -> User:
    """A saved person. Raises PeopleError when the sign-in name is taken."""
    try:
        with transaction.atomic():
            return User.objects.create_user(username=username, password=password, **fields)
    except IntegrityError:
        raise PeopleError(_("This sign-in name is taken.")) from None


def join_project(user: User, link: Invitation) -> None:
    """The project may have gone since the invitation was made."""
    project = project_of(link)
    if project and link.project_role in Role.values:
        projects.join(user, project, link.project_role)


def joined(user: User, link: Invitation) -> Project | None:
    """The project that the invitation led into, if it is still there."""
    return Project.objects.visible_to(user).filter(pk=link.project_id).first()


def project_of(link: Invitation) -> Project | None:
    return Project.objects.filter(pk=link.project_id).first() if link.project_id else None


def invite(
    by: User,
    role: str,
    email: str = "",
    project: Project | None = None,
    project_role: str = "",
    may_create_projects: bool = False,
) -> str:
    """The address of a new invitation, shown once and mailed when mail and an address are there."""
    with transaction.atomic():
        link, path = Invitation.issue(
            role=role,
            email=email,
            may_create_projects=may_create_projects,
            made_by=by,
            project_id=project.pk if project else None,
            project_role=project_role if project else "",
        )
        audit(by, "invited", "person", link.pk, after={"role": role, "email": email})
    address = settings.PUBLIC_URL + path
    mail(email, _("You are invited to Video Studio"), _("Open this link to join: %s") % address)
    return address


def change_role(by: User, user: User, role: str) -> None:
    with transaction.atomic():
        if role != StudioRole.ADMINISTRATOR:
            keep_an_administrator(user)
        before, user.role = user.role, role
        user.save(update_fields=["role"])
        audit(by, "changed role", "person", user.pk, before={"role": before}, after={"role": role})


def allow_projects(by: User, user: User, allowed: bool) -> None:
    """Whether this person may start projects; those they have stay theirs."""
    with transaction.atomic():
        before, user.may_create_projects = user.may_create_projects, allowed
        user.save(update_fields=["may_create_projects"])
        audit(
            by,
            "allowed projects" if allowed else "withheld projects",
            "person",
            user.pk,
            before={"may_create_projects": before},
            after={"may_create_projects": allowed},
        )


def deactivate(by: User, user: User) -> None:
    """Ends sessions and tokens at once."""
    with transaction.atomic():
        keep_an_administrator(user)
        user.deactivate()
        audit(by, "deactivated", "person", user.pk, before={"active": True}, after={"active": False})


def reactivate(by: User, user: User) -> None:
    with transaction.atomic():
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit(by, "reactivated", "person", user.pk, before={"active": False}, after={"active": True})


def keep_an_administrator(user: User) -> None:
    """Raises PeopleError when ``user`` is the last one. The lock makes two who demote each other wait."""
    ids = list(User.objects.administrators().select_for_update().values_list("pk", flat=True))
    if ids == [user.pk]:
        raise PeopleError(_("The studio needs one administrator. Make somebody else one first."))


def reset_link(by: User | None, user: User) -> str:
    """The address of a new one-time link; earlier ones end. ``by`` None: the person asked by mail."""
    with transaction.atomic():
        ResetLink.open_links().filter(user=user).delete()
        path = ResetLink.issue(user=user)[1]
        audit(by or user, "made reset link", "person", user.pk)
    return settings.PUBLIC_URL + path


def forgot_password(email: str) -> None:
    """Queues a mail to each person of this address, so that the answer takes as long when there is none."""
    for pk in User.objects.active().filter(email__iexact=email).values_list("pk", flat=True):
        async_task("videostudio.tasks.mail_reset_link", str(pk), cluster="studio")


def mail_reset_link(user: User) -> None:
    words = {"name": user.username, "link": reset_link(None, user)}
    text = _("Open this link to set a new password for %(name)s: %(link)s") % words
    mail(user.email, _("New password for Video Studio"), text)


def use_reset_link(link: ResetLink, password: str) -> User:
    """Set the password; all sessions and tokens of the person end."""
    with transaction.atomic():
        if not link.user.is_active or not link.use():
            raise PeopleError(_("This link was used already."))
        link.user.change_password(password)
        audit(link.user, "reset password", "person", link.user.pk)
    return link.user


def mail(to: str, subject: str, text: str) -> None:
    if settings.MAIL and to:
        send_mail(subject, text, None, [to], fail_silently=True)
