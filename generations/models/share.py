"""Links for guests: which takes, what they may do there, and who came."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .culling import SavedView
from .generation import Generation
from .project import Project, Verb

if TYPE_CHECKING:
    from uuid import UUID


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever may share a project sees the links that lead out of it."""
        return self.filter(project__in=Project.objects.where(user, Verb.SHARE))

    def live(self, now: datetime) -> Self:
        """Those that open at this moment, but for a passphrase."""
        in_time = Q(expires_at=None) | Q(expires_at__gt=now)
        return self.filter(in_time, revoked_at=None)


class ShareLink(models.Model):
    """A link of 256 bits, of which only the hash is kept. It shows the takes of its ``items`` in their order,
    or, where it ``follows_view``, what its saved view finds at that moment.

    Each permission is off unless it is given. ``views`` counts guests' sessions; with ``most_views`` reached
    no new one begins. ``title`` and ``brand`` are all that a guest reads of the studio beside names and
    notes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shares")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    token_end = models.CharField(max_length=4)  # the last signs, to tell links apart
    title = models.CharField(_("title"), max_length=120)
    brand = models.CharField(_("brand line"), max_length=120, blank=True)
    follows_view = models.BooleanField(default=False)
    view = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, related_name="shares")
    passphrase = models.CharField(max_length=200, blank=True)  # a password hash
    expires_at = models.DateTimeField(null=True)
    most_views = models.PositiveIntegerField(null=True)
    views = models.PositiveIntegerField(default=0)
    may_comment = models.BooleanField(default=False)
    may_approve = models.BooleanField(default=False)
    may_download = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    sessions_from = models.DateTimeField(null=True)  # guests who came before have to come in again
    last_number = models.PositiveIntegerField(default=0)  # of an item, ever
    gone_numbers = models.JSONField(default=dict)  # take -> its number, of those that were taken out

    objects = ShareLinkQuerySet.as_manager()

    project_id: UUID

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"], name="shares_of_a_project")]
        constraints = [
            models.CheckConstraint(
                condition=Q(most_views=None) | Q(views__lte=F("most_views")), name="no_view_beyond_the_most"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ShareItem(models.Model):
    """One take of a link that shows chosen ones, at its place in the order. ``caption`` is what guests read
    in place of *Take 3*; that ``number`` stays the take's in this link whatever the order becomes, also where
    it is taken out and added again; no other take gets it."""

    share = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="items")
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    caption = models.CharField(max_length=80, blank=True)

    generation_id: UUID

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["share", "generation"], name="one_item_a_take"),
            models.UniqueConstraint(fields=["share", "number"], name="one_item_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.generation_id}"


class Guest(models.Model):
    """Somebody without an account who came by a link: one row a session, nameless until they write or
    decide. ``key_sha256`` is the hash of what their browser keeps; ``confirmed_at``: a code that was sent to
    ``email`` came back. Of that code too the hash alone is kept, see services.guest_codes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    share = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(_("name"), max_length=80, blank=True)
    email = models.EmailField(blank=True)
    confirmed_at = models.DateTimeField(null=True)
    key_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    code_sha256 = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    codes_asked = models.PositiveSmallIntegerField(default=0)
    code_asked_at = models.DateTimeField(null=True)

    share_id: UUID

    class Meta:
        indexes = [models.Index(fields=["share", "-seen_at"], name="guests_of_a_share")]

    def __str__(self) -> str:
        return self.name


class GuestTry(models.Model):
    """Somebody at the door of a link, or asking for a mail: what the brakes count, for some minutes. A door
    that opened leaves no line of its link."""

    class Kind(models.TextChoices):
        DOOR = "door"
        MAIL = "mail"
        NOTE = "note"

    kind = models.CharField(max_length=4, choices=Kind.choices)
    share = models.ForeignKey(ShareLink, on_delete=models.CASCADE, null=True, related_name="+")
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "address", "at"], name="tries_of_an_address")]

    def __str__(self) -> str:
        return f"{self.kind} from {self.address}"


class GuestCopy(models.Model):
    """A take's clip as guests get it: the same pictures and sound in a container without any metadata, into
    which gateways write prompts and models. ``file`` is empty until it is made; ``fault``: it cannot be."""

    generation = models.OneToOneField(Generation, on_delete=models.CASCADE, related_name="guest_copy")
    source_sha256 = models.CharField(max_length=64)
    asked_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    mime = models.CharField(max_length=60, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration_s = models.FloatField(null=True)
    fps = models.FloatField(null=True)
    facts = models.JSONField(default=dict)

    generation_id: UUID

    def __str__(self) -> str:
        return f"guests' copy of {self.generation_id}"
