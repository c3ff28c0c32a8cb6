"""A take's recipe for people: each value with its name, the inputs, what was sent, and all of it as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.lengths import length_words
from generations.models import Generation, GenerationInput
from generations.roles import LABELS
from generations.services import lineage, naming
from generations.services.links import without_keys

MODES = {
    "text_to_video": gettext_lazy("Text to video"),
    "image_to_video": gettext_lazy("Picture to video"),
    "first_last_frame": gettext_lazy("First and last frame"),
    "reference_to_video": gettext_lazy("References to video"),
    "video_to_video": gettext_lazy("Video to video"),
    "edit": gettext_lazy("Edit"),
    "extend": gettext_lazy("Extend"),
    "upscale": gettext_lazy("Upscale"),
}
FIELDS = {
    "duration_s": gettext_lazy("Length"),
    "aspect_ratio": gettext_lazy("Ratio"),
    "resolution": gettext_lazy("Resolution"),
    "generate_audio": gettext_lazy("Sound"),
    "seed": gettext_lazy("Seed"),
    "negative_prompt": gettext_lazy("Negative prompt"),
    "watermark": gettext_lazy("Watermark"),
    "return_last_frame": gettext_lazy("Last frame asked for"),
    "upscale_factor": gettext_lazy("Upscale"),
}


@dataclass(frozen=True)
class Row:
    """One value: ``shown`` with its unit, ``copied`` as a program wants it."""

    label: str
    shown: str
    copied: str
    part: str = ""  # the name by which a composer can take it over


@dataclass(frozen=True)
class InputRow:
    """``take`` is the one that the file came out of."""

    role: str
    use: GenerationInput
    take: Generation | None = None

    @property
    def hash_short(self) -> str:
        digest = self.use.asset.sha256
        return f"{digest[:6]}…{digest[-4:]}"


def short_id(take: Generation) -> str:
    """Six characters that tell takes of one project apart."""
    return take.pk.hex[-6:]


def title(take: Generation, most: int) -> str:
    """What a take is called: the first line of its prompt, cut after ``most`` characters."""
    line = naming.as_shown(take.prompt).strip().split("\n", 1)[0]
    return f"{line[:most]}…" if len(line) > most else line or _("Untitled take")


def sent_prompt(take: Generation) -> str:
    """What the gateway read, where that is not what the person wrote."""
    body = (take.recipe.get("sent") or {}).get("body") or {}
    sent = body.get("prompt")
    return sent if isinstance(sent, str) and sent != take.prompt else ""


def rows(take: Generation) -> list[Row]:
    """The settings in the order people think of them."""
    known = [
        Row(_("Model"), take.model.label, take.model.wire_id, "model"),
        Row(_("Gateway"), take.account.adapter.label, take.account.gateway),
        Row(_("Mode"), mode_word(take.mode), take.mode),
    ]
    asked = [_row(name, take.request[name]) for name in FIELDS if name in take.request]
    extra = [
        Row(str(k), _plain(v), _plain(v), f"extra.{k}") for k, v in (take.request.get("extra") or {}).items()
    ]
    return [*known, *asked, *extra, *_told(take), Row(_("Take"), short_id(take), str(take.pk))]


def _told(take: Generation) -> list[Row]:
    """What the gateway told of the job: the seed that it took, and the names its support asks for."""
    told = [
        (_("Seed used"), take.job_handle.get("seed"), "" if take.request.get("seed") is not None else "seed"),
        (_("Job"), take.job_id if take.account.adapter.shows_job_ids else "", ""),
        (_("Request id"), take.job_request_id, ""),
    ]
    given = (line for line in told if line[1] not in (None, ""))
    return [Row(label, str(value), str(value), part) for label, value, part in given]


def _row(name: str, value: Any) -> Row:
    return Row(str(FIELDS[name]), _shown(name, value), _plain(value), name)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return str(_("left to the gateway"))
    if isinstance(value, bool):
        return str(_("on") if value else _("off"))
    if name == "duration_s":
        return length_words(float(value))
    return f"{value}×" if name == "upscale_factor" else str(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def mode_word(mode: str) -> str:
    return str(MODES.get(mode, mode))


def role_word(role: str) -> str:
    named = {**LABELS, "reference_image": _("Reference picture")}
    return str(named.get(role, role.replace("_", " ").capitalize()))


def inputs(take: Generation, seen: Any = None) -> list[InputRow]:
    """:param seen: the takes (a QuerySet) that may be named as those that the files came out of."""
    uses = list(take.inputs.select_related("asset__derived_from__derived_from"))
    behind = lineage.takes_behind(seen, (use.asset for use in uses)) if seen is not None else {}
    return [InputRow(role_word(use.role), use, behind.get(use.asset_id)) for use in uses]


def as_sent(take: Generation) -> str:
    """Method, path and body of the request as it went out, files by their hash; empty before that."""
    sent = take.recipe.get("sent")
    if not sent:
        return ""
    body = json.dumps(sent.get("body"), ensure_ascii=False, indent=2)
    return f"{sent.get('method', '')} {sent.get('path', '')}\n\n{body}"


def document(take: Generation) -> dict[str, Any]:
    """The recipe as one JSON document. Before anything was sent it holds what was asked for."""
    prefetch_related_objects([take], "inputs__asset", "outputs")
    made_from = take.recipe or _asked_for(take)
    return {
        "take": str(take.pk),
        "project": take.project.name,
        "shot": {"code": take.shot.code, "title": take.shot.title} if take.shot else None,
        "author": str(take.author),
        "created_at": take.created_at.isoformat(),
        "status": take.status,
        "job": take.job_id if take.account.adapter.shows_job_ids else "",
        **made_from,
        "request": without_keys(made_from.get("request", take.request)),
        "price": {
            "held_usd": _amount(take.held_usd),
            "basis": take.price_basis,
            "actual_usd": _amount(take.actual_usd),
            "actual_basis": take.actual_basis,
        },
        "outputs": [
            {"kind": out.kind, "sha256": out.sha256, "mime": out.mime, "size_bytes": out.size_bytes}
            for out in sorted(take.outputs.all(), key=lambda out: out.kind)
        ],
    }


def _asked_for(take: Generation) -> dict[str, Any]:
    """As ``outgoing.recipe_of`` keeps it, of a take that was not sent yet."""
    return {
        "gateway": take.account.gateway,
        "account": take.account.name,
        "sandbox": take.account.sandbox,
        "model": take.model.wire_id,
        "mode": take.mode,
        "request": take.request,
        "inputs": [
            {"role": use.role, "name": use.asset.name, "sha256": use.asset.sha256}
            for use in take.inputs.all()
        ],
    }


def _amount(value: Any) -> str | None:
    return None if value is None else str(value)
