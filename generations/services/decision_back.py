"""A decision of one's own taken back soon after: the take is in review again, as it was before. Nothing is
wiped out; that is one more line of its history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Decision, Generation, Notification, Project, Review, Verb
from generations.services import notify, review
from generations.services.allowed import require_alive
from generations.services.refusals import WrongState
from generations.services.selection import locked
from generations.services.writers import Writer
from providers.ids import first_id

KEPT = timedelta(hours=1)


def standing(person: Any, project: Project) -> QuerySet[Decision]:
    """This person's decisions here that can be taken back, the last one first: the team's last word on a take
    that was in review before it, and is neither signed off nor in the trash now."""
    said = Decision.objects.of_the_team().filter(generation=OuterRef("generation")).order_by("-id")
    since = timezone.now() - KEPT
    rows = Decision.objects.filter(
        project=project,
        person=person,
        review__in=review.DECISIONS,
        at__gt=since,
        pk__gte=first_id(since),  # ids carry the time: no others are looked at
        generation__review=F("review"),
        generation__signed_at=None,
        generation__trashed_at=None,
    )
    rows = rows.annotate(
        newest=Subquery(said.values("pk")[:1]),
        before=Subquery(said.filter(pk__lt=OuterRef("pk")).values("review")[:1]),
    )
    return rows.filter(newest=F("pk"), before=Review.IN_REVIEW).order_by("-id").select_related("generation")


def take_back(person: Any, take: Generation, line: UUID) -> Decision:
    """Words that were said with it stay as a note; its author hears no more of it, or of this as well.

    :raises NotAllowed, WrongState: somebody decided since, it is signed off, or too long ago.
    """
    require_alive(person, take.project, Verb.DECIDE)
    with transaction.atomic():
        row = locked([take.pk]).select_related("project").prefetch_related("outputs").get()
        found = standing(person, row.project).filter(pk=line, generation=row).first()
        if found is None:
            raise WrongState(_("This decision cannot be taken back any more; decide anew."))
        by = Writer(person=person)
        back = review.put(by, [row], Review.IN_REVIEW, kind="decision taken back")[0]
        _tell(by, row, found)
    return back


def _tell(by: Writer, take: Generation, was: Decision) -> None:
    """Who has heard of the decision hears of this; who has not, of neither. A word for many takes stays."""
    told = Notification.objects.filter(
        generation=take, kind=Notification.Kind.DECISION, actor_name=by.name, at__gte=was.at
    )
    told = told.exclude(detail__has_key="client")  # a guest may have the same name
    unseen = told.filter(seen_at=None).exclude(detail__has_key="takes").delete()[0]
    if not unseen:
        detail = {"review": Review.IN_REVIEW.value}
        notify.tell([take.author_id], Notification.Kind.DECISION, by, take, detail=detail)
