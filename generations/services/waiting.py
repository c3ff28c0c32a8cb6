"""What waits for a decision in a project: for one person, for all, or until a day."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from generations.models import Comment, Decision, Generation, Project, Review, Verb

_INDEXED = ~Q(review="")  # as the index has it, which SQLite takes at its word


class Which(StrEnum):
    MINE = "mine"
    ALL = "all"
    CHANGES = "changes"
    DUE = "due"


def takes(user: Any, project: Project, which: Which) -> QuerySet[Generation]:
    """In the order in which they should be looked at: what is due first, then the oldest."""
    rows = Generation.objects.filter(_INDEXED, project=project, trashed_at=None, signed_at=None)
    match which:
        case Which.CHANGES:
            return sent_back(project).order_by("-changed_at", "-pk")
        case Which.MINE if not project.allows(user, Verb.DECIDE):
            return rows.none()
        case Which.MINE:
            rows = rows.filter(for_me(user))
        case Which.DUE:
            rows = rows.filter(review=Review.IN_REVIEW, review_due_on__isnull=False)
        case _:
            rows = rows.filter(review=Review.IN_REVIEW)
    return rows.order_by(F("review_due_on").asc(nulls_last=True), "pk")


def sent_back(project: Project) -> QuerySet[Generation]:
    """What the team or the client wants changed, where no newer version stands for it yet."""
    rows = Generation.objects.filter(project=project, trashed_at=None, signed_at=None, is_top=True)
    ours = rows.filter(_INDEXED, review=Review.CHANGES)
    theirs = rows.filter(~Q(client_review=""), client_review=Review.CHANGES)
    # each from its own index: by an OR of both a database would read all takes of the project
    return Generation.objects.filter(
        pk__in=ours.order_by().values("pk").union(theirs.order_by().values("pk"))
    )


def for_me(user: Any) -> Q:
    """They are asked by name; or nobody is, and it is not their own. Whether they may decide is another
    question."""
    anybody = Q(reviewer=None) & ~Q(author=user)
    return _INDEXED & Q(review=Review.IN_REVIEW, signed_at=None) & (Q(reviewer=user) | anybody)


def count_for(user: Any) -> Coalesce:
    """How many wait for this person, to be read along with a project."""
    rows = Generation.objects.filter(for_me(user), project=OuterRef("pk"), trashed_at=None)
    counted = rows.order_by().values("project").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def told(rows: QuerySet[Generation]) -> QuerySet[Generation]:
    """With ``open_notes``, and who asked for the review as ``asked_by``."""
    notes = Comment.objects.open().filter(generation=OuterRef("pk")).order_by().values("generation")
    asked = Decision.objects.filter(generation=OuterRef("pk"), review=Review.IN_REVIEW).order_by("-id")
    open_notes = Subquery(notes.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return rows.annotate(
        open_notes=Coalesce(open_notes, 0), asked_by=Subquery(asked.values("person_name")[:1])
    )
