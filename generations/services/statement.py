"""What a sign-off binds, as one JSON document that can be checked without this studio's database; every
digest here is taken of its canonical form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from generations.models import ConsentRecord, Decision, Generation, Output
from generations.services import attested, client_decisions
from generations.services.links import without_keys
from generations.services.writers import Writer
from providers.canonical import digest

FORMAT = "video-studio-sign-off/1"
PURPOSE = "sign-off"  # of the key that seals


def make(
    pk: Any, person: Any, take: Generation, clip: Output, decision: Decision, name: str, at: datetime
) -> dict[str, Any]:
    """:param pk: of the sign-off.
    :param name: of the file, as people download it."""
    return {
        "format": FORMAT,
        "id": str(pk),
        "studio": settings.PUBLIC_URL,
        "project": {"id": str(take.project_id), "name": take.project.name},
        "take": {"id": str(take.pk), "version": take.version_no or 1},
        "person": {"id": str(person.pk), "name": Writer(person=person).name},
        "at": _time(at),
        "file": {"name": name, "size_bytes": clip.size_bytes, "sha256": clip.sha256, "mime": clip.mime},
        "recipe_sha256": digest(recipe_of(take)),
        "consents": [consent_of(record) for record in consents_needed(take)],
        "decision": {
            "id": str(decision.pk),
            "by": decision.person_name,
            "verified_by": decision.verified_by,
            "at": _time(decision.at),
        },
        "client": [said_by_client(line) for line in client_decisions.on_file(take, clip.sha256)],
    }


def said_by_client(line: Decision) -> dict[str, Any]:
    """What a guest said of the same file, by then."""
    return {
        "id": str(line.pk),
        "review": line.review,
        "by": line.person_name,
        "verified_by": line.verified_by,
        "at": _time(line.at),
    }


def recipe_of(take: Generation) -> dict[str, Any]:
    """What was asked for and what was sent; addresses of links without what may be a key."""
    request = take.recipe.get("request", take.request)
    return {**take.recipe, "take": str(take.pk), "mode": take.mode, "request": without_keys(request)}


def consents_needed(take: Generation) -> Sequence[ConsentRecord]:
    """The live records that this take stands on: those made for it by who answers for it, and those about the
    same files at the same gateway."""
    relied = attested.standing_of(take).relied
    mine = ConsentRecord.objects.live().filter(user=attested.person_of(take))
    own = mine.filter(generation=take).values_list("pk", flat=True)
    rows = ConsentRecord.objects.filter(pk__in={*relied, *own}).select_related("user")
    return list(rows.order_by("pk"))


def is_covered(take: Generation) -> bool:
    """Whether live records stand for all its files: one that was made for this very take, or one for each."""
    mine = ConsentRecord.objects.live().filter(user=attested.person_of(take), generation=take)
    standing = attested.standing_of(take)
    return mine.exists() or bool(standing.relied and standing.missing is None)


def consent_of(record: ConsentRecord) -> dict[str, Any]:
    inputs = [{"role": one.get("role", ""), "sha256": one["sha256"]} for one in record.inputs]
    return {
        "id": str(record.pk),
        "flow": record.flow,
        "version": record.version,
        "text_sha256": record.text_sha256,
        "inputs": inputs,
        "person": {"id": str(record.user_id), "name": Writer(person=record.user).name},
        "at": _time(record.created_at),
    }


def _time(at: datetime) -> str:
    """UTC, in whole milliseconds: each database keeps those."""
    whole = at.astimezone(UTC).replace(microsecond=0) + timedelta(milliseconds=at.microsecond // 1000)
    return whole.isoformat(timespec="milliseconds").replace("+00:00", "Z")
