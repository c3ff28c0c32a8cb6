"""What somebody else did, in words: a note, an answer, a decision, something to review; and alerts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations.models import Notification, Review

from . import alarms, news

Kind = Notification.Kind
_ICONS = {
    Kind.MENTION: "at-sign",
    Kind.REPLY: "corner-down-left",
    Kind.NOTE: "message-square",
    Kind.ASSIGNED: "eye",
    Kind.DECISION: "clipboard-check",
    Kind.FIXED: "wand-sparkles",
    Kind.LIMIT: "triangle-alert",
    Kind.MORE: "hand",
    Kind.ANSWER: "gauge",
    Kind.ALERT: "triangle-alert",
    Kind.OVER: "circle-check",
}
_WORDS = {
    Kind.MENTION: lazy("%(name)s named you in a note"),
    Kind.REPLY: lazy("%(name)s answered a note of yours"),
    Kind.NOTE: lazy("%(name)s wrote a note on a take of yours"),
    Kind.ASSIGNED: lazy("%(name)s asks you to review a take"),
    Kind.DECISION: lazy("%(name)s decided on a take of yours"),
    Kind.FIXED: lazy("%(name)s made a new version for a note of yours"),
    Kind.LIMIT: lazy("A limit is nearly used up"),
    Kind.MORE: lazy("%(name)s asks for more than a limit has"),
    Kind.ANSWER: lazy("%(name)s answered what you asked of a limit"),
    Kind.ALERT: lazy("%(name)s"),
    Kind.OVER: lazy("Over: %(name)s"),
}
_FROM_A_CLIENT = lazy("%(name)s decided for the client")


def of(row: Notification) -> dict[str, Any]:
    """As ``news.of``: "Bob answered a note of yours", and the note's words, else the take's.

    :param row: with its generation, project and comment.
    """
    kind = Kind(row.kind)
    words = _FROM_A_CLIENT if row.detail.get("client") else _WORDS[kind]
    return {
        "word": words % {"name": _who(row)},
        "icon": _ICONS[kind],
        "kind": "said",
        "prompt": _what(row),
        "project": row.project.name if row.project else "",
        "more": _more(row),
        "url": url_of(row),
    }


def url_of(row: Notification) -> str:
    """The take, at the note where there is one; of a limit, where it is looked after."""
    if row.kind in Notification.OF_ALERTS:
        return reverse("admin:generations_alert_changelist")
    if row.generation is None:
        return str(row.detail.get("url") or reverse("limits"))
    note = f"#note-{row.comment_id}" if row.comment_id else ""
    return f"{row.generation.get_absolute_url()}{note}"


def _who(row: Notification) -> str:
    """Who did it; of an alert, what is the matter."""
    if row.kind in Notification.OF_ALERTS:
        return alarms.title(row.detail["kind"], row.detail["about"])
    return row.actor_name


def _what(row: Notification) -> str:
    if row.kind in Notification.OF_ALERTS:
        over = row.kind == Kind.OVER
        return (
            _("It needs nobody any more.") if over else alarms.what(row.detail["kind"], row.detail["facts"])
        )
    if row.generation is None:
        return news.short(str(row.detail.get("words", "")))
    if row.comment is None:
        return news.prompt_of(row.generation)
    if row.comment.deleted_at:
        return _("The note was deleted.")
    return news.short(row.comment.body) or _("A drawing, without words")


def _more(row: Notification) -> str:
    """What was decided; of a note, which take it is on; of an alert, what to do."""
    if row.kind in Notification.OF_ALERTS:
        return alarms.advice(row.detail["kind"]) if row.kind == Kind.ALERT else ""
    review = str(row.detail.get("review") or "")
    decided = str(Review(review).label) if review in Review.values else ""
    if "review" in row.detail and not review:
        decided = _("Took the decision back")
    take = news.short(row.generation.prompt) if row.comment and row.generation else ""
    said = news.short(str(row.detail.get("said", "")))  # of a limit: what was written along
    return " · ".join(part for part in (decided, take, said) if part)
