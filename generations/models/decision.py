"""Who said what of a take in review, the team or its client, and sign-off, which never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .generation import Generation, Review
from .project import Project
from .share import Guest

if TYPE_CHECKING:
    from uuid import UUID


class Verification(models.TextChoices):
    """How sure the studio is of who decided."""

    MEMBER = "member", _("signed in")
    MAIL = "mail", _("confirmed by mail")
    NAME = "name", _("name unverified")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def of_the_team(self) -> Self:
        return self.filter(verified_by=Verification.MEMBER)

    def of_guests(self) -> Self:
        return self.exclude(verified_by=Verification.MEMBER)


class Decision(models.Model):
    """One append-only line: what somebody said of the file with this hash. The take's ``review`` is what the
    last of the team's left, its ``client_review`` what the last of the guests' left; *no longer in review*,
    and a word that its guest took back, are lines too (with an empty ``review``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="decisions")
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="decisions")
    review = models.CharField(max_length=10, choices=Review.choices, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    guest = models.ForeignKey(Guest, on_delete=models.SET_NULL, null=True, related_name="decisions")
    person_name = models.CharField(max_length=150)
    verified_by = models.CharField(max_length=6, choices=Verification.choices, default=Verification.MEMBER)
    comment = models.ForeignKey("Comment", on_delete=models.SET_NULL, null=True, related_name="+")
    file_sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = DecisionQuerySet.as_manager()

    project_id: UUID
    generation_id: UUID
    guest_id: UUID | None

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["generation", "id"], name="decisions_of_a_take")]

    def __str__(self) -> str:
        return f"{self.review}: {self.person_name}"


class Immutable(TypeError):
    """A row that is written once and never again."""


class WrittenOnce(models.QuerySet[Any]):
    """New rows alone. The database refuses the rest too (migration 0036): this is for who asks here first."""

    def update(self, **fields: Any) -> int:
        raise Immutable("a sign-off is never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable("a sign-off is never deleted")


class Once(models.Model):
    """A row that can be made, and then only be read."""

    objects = WrittenOnce.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise Immutable("a sign-off is never changed")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        raise Immutable("a sign-off is never deleted")


class SignOff(Once):
    """A person's word for one file, for good: a row is never changed nor deleted, which the database itself
    refuses. ``statement`` is all that it binds, in words that can be checked later without this database;
    ``sha256`` is its digest (see services.sign_off) and ``seal`` a MAC of that digest with the studio's key.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sign_offs")
    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="sign_offs")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="sign_off")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    statement = models.JSONField()
    sha256 = models.CharField(max_length=64)
    seal = models.CharField(max_length=200)
    at = models.DateTimeField()

    project_id: UUID
    generation_id: UUID

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"sign-off of {self.generation_id}"


class SignOffWithdrawal(Once):
    """A sign-off that was taken back stays as it is; this row says that it holds no more."""

    sign_off = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="withdrawal")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"withdrawn: {self.reason}"
