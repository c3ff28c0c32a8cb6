"""One piece of news in words: how a take ended, or why it waits for its author."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Generation, Status
from generations.services import naming

from . import situation

MOST_WORDS = 120


def of(take: Generation) -> dict[str, Any]:
    """``word`` as "Done" or "Needs consent", the ``prompt``, cut, and ``more``: the reason and the money."""
    told = situation.of(take)
    done = take.status == Status.COMPLETED
    return {
        "word": _("Done") if done else told.title,
        "icon": "check" if done else told.icon,
        "kind": "done" if done else "failed" if take.status == Status.FAILED else "waits",
        "prompt": prompt_of(take),
        "project": take.project.name,
        "more": "" if done else _why(take, told),
    }


def _why(take: Generation, told: situation.Situation) -> str:
    """Of a failure its reason, of what waits what to do."""
    parts = (told.sentence, told.money) if take.status == Status.FAILED else (told.money, told.next_step)
    text = " ".join(part for part in parts if part)
    return text if len(text) <= 2 * MOST_WORDS else f"{text[: 2 * MOST_WORDS - 1]}…"


def prompt_of(take: Generation) -> str:
    return short(take.prompt) or _("Untitled take")


def short(text: str) -> str:
    """On one line, cut."""
    line = " ".join(naming.as_shown(text).split())
    return line if len(line) <= MOST_WORDS else f"{line[: MOST_WORDS - 1]}…"


def title(done: int, failed: int, waiting: int, said: int = 0) -> str:
    """For a browser's tab: what is there to see, or an empty string."""
    parts = []
    if said:
        parts.append(ngettext("✎ %(n)d to read", "✎ %(n)d to read", said) % {"n": said})
    if waiting:
        parts.append(ngettext("! %(n)d waits", "! %(n)d wait", waiting) % {"n": waiting})
    if failed:
        parts.append(ngettext("✕ %(n)d failed", "✕ %(n)d failed", failed) % {"n": failed})
    if done:
        parts.append(ngettext("✓ %(n)d done", "✓ %(n)d done", done) % {"n": done})
    return ", ".join(parts)


def unseen(count: int) -> str:
    if not count:
        return _("News: nothing new")
    return ngettext("News: %(n)d not seen yet", "News: %(n)d not seen yet", count) % {"n": count}
