"""Words that others wrote (a person's reason, a gateway's refusal), put between sentences of ours."""

from __future__ import annotations


def closed(text: str) -> str:
    """With a full stop where it has no end of its own, so that a sentence can follow."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…:;" else f"{text}."
