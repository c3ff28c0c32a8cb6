"""Rows as the API tells them: money as strings, times in UTC, addresses beside everything."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from generations import models
from generations.models import Status
from generations.services import attested, characters
from generations.services.asset_library import Uses
from generations.services.failures import about_people, meaning_of
from generations.services.links import without_keys
from generations.services.registrable import Choice
from generations.services.saved_prompts import variables_of
from generations.telling import made

ROOT = "/api/v1"
# where each kind of output is fetched
OUTPUT_PATHS = {name: name for name in ("poster", "small", "strip", "last_frame", "sounded", "proxy")} | {
    "video": "content"
}
_TIMES = ("created_at", "submitted_at", "accepted_at", "completed_at", "ended_at", "trashed_at")
_FILE_FACTS = ("kind", "mime", "size_bytes", "sha256", "width", "height", "duration_s", "fps")


def money(amount: Decimal | None) -> str | None:
    """``"0.75"``: two decimals, more where they say something."""
    if amount is None:
        return None
    whole, _, cents = f"{amount:f}".partition(".")
    return f"{whole}.{cents.rstrip('0').ljust(2, '0')}"


def projects(rows: Sequence[models.Project], user: Any) -> list[dict[str, Any]]:
    mine = models.Membership.objects.filter(user=user, project__in=rows).values_list("project_id", "role")
    roles = (
        dict.fromkeys((row.pk for row in rows), models.Role.OWNER) if user.is_administrator else dict(mine)
    )
    return [project(row, roles.get(row.pk)) for row in rows]


def project(row: models.Project, role: str | None) -> dict[str, Any]:
    return {
        "id": row.pk,
        "slug": row.slug,
        "name": row.name,
        "role": role,
        "frame_rate": f"{row.frame_rate:f}",
        "created_at": row.created_at,
        "archived_at": row.archived_at,
        "links": {"self": f"{ROOT}/generations?project={row.pk}", "page": row.get_absolute_url()},
    }


def asset(row: Any, uses: Uses | None = None) -> dict[str, Any]:
    """:param row: an Asset; from ``library.rows_for`` where its project may be none of the caller's: then
    nothing is said of that project's other files and takes."""
    facts = {name: getattr(row, name) for name in _FILE_FACTS}
    seen = getattr(row, "project_seen", True)
    return {
        **facts,
        "id": row.pk,
        "project": row.project.slug if seen else None,
        "name": row.name,
        "facts": row.facts,
        "derived_from": row.derived_from_id if getattr(row, "original_seen", True) else None,
        "derivation": {name: value for name, value in row.derivation.items() if seen or name != "take"},
        "notes": row.notes,
        "tags": [tag.name for tag in row.tags.all()],
        "rights": {**row.rights, "release": row.release_id},
        "shared": row.shared_at is not None,
        "uses": uses.takes if uses else None,
        "uses_through_copies": uses.through_copies if uses else None,
        "created_at": row.created_at,
        "trashed_at": row.trashed_at,
        "links": {"self": f"{ROOT}/assets/{row.pk}"},
    }


def registration(choice: Choice) -> dict[str, Any]:
    row = choice.row
    return {
        "account": choice.account.name,
        "account_id": choice.account.pk,
        "gateway": choice.account.gateway,
        "state": row.state if row else None,
        "usable": choice.is_usable,
        "problem": (row.problem if row else "") or choice.why_not,
        "checked_at": row.checked_at if row else None,
    }


def character(row: models.Character) -> dict[str, Any]:
    """Of a row from ``characters.listed``."""
    return {
        "id": row.pk,
        "name": row.name,
        "notes": row.notes,
        "project": row.project.slug if row.project else None,
        "assets": [
            {
                "id": file.pk,
                "kind": file.kind,
                "name": file.name,
                "project": row.project.slug if row.project and file.project_id == row.project_id else None,
            }
            for file in row.assets
        ],
        "uses": row.uses,
        "version": characters.version_of(row),
        "created_at": row.created_at,
        "archived_at": row.archived_at,
        "links": {"self": f"{ROOT}/characters/{row.pk}"},
    }


def _inputs(row: models.Generation) -> list[dict[str, Any]]:
    """Files first; then those that were given as links and are not here, or never came."""
    here = [{"role": use.role, "asset": use.asset_id, "url": None} for use in row.inputs.all()]
    given = [item for item in without_keys(row.request).get("inputs", ()) if "url" in item]
    return [*here, *({"role": item["role"], "asset": None, "url": item["url"]} for item in given)]


def take(row: models.Generation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "project": row.project.slug,
        "author": row.author.username,
        "account": row.account.name,
        "model": row.model.wire_id,
        "sandbox": row.account.sandbox,
        "mode": row.mode,
        "prompt": row.prompt,
        "request": without_keys(row.request),
        "inputs": _inputs(row),
        "batch": row.batch_id,
        "position": row.position,
        "shot": {"id": row.shot_id, "code": row.shot.code} if row.shot else None,
        "parent": row.parent_id,
        "relation": row.relation or None,
        "fixes": row.fixes_id,
        "review": _review(row),
        "hop": row.hop,
        **_sorted(row),
        **_state(row),
        "failure": _failure(row),
        "consent": _consent(row),
        "cost": _cost(row),
        "outputs": [_output(item) for item in row.outputs.all()],
        "differences": made.differences(row),
        **{name: getattr(row, name) for name in _TIMES},
        "links": _links(row),
    }


def _review(row: models.Generation) -> dict[str, Any]:
    return {
        "state": row.review or None,
        "client": row.client_review or None,
        "reviewer": row.reviewer.username if row.reviewer else None,
        "due_on": row.review_due_on,
        "signed_at": row.signed_at,
    }


def _sorted(row: models.Generation) -> dict[str, Any]:
    return {
        "mark": row.mark or None,
        "stars": float(row.stars) if row.stars else None,
        "tags": [tagging.tag.name for tagging in row.taggings.all()],
        "stack": row.stack_id,
        "version_no": row.version_no,
        "on_top": row.is_top,
    }


def _state(row: models.Generation) -> dict[str, Any]:
    late = row.deadline_at is not None and row.deadline_at < timezone.now()
    return {
        "status": row.status,
        "version": row.version,
        "attempt": row.attempt,
        "overdue": row.status == Status.RUNNING and late,
        "parked": row.parked_at is not None,
        "paused": row.status == Status.QUEUED and row.paused_at is not None and row.parked_at is None,
        "wait_reason": row.wait_reason or None,
        "progress": row.progress,
        "eta_s": row.eta_s,
    }


def _failure(row: models.Generation) -> dict[str, Any] | None:
    if row.status != Status.FAILED:
        return None
    meaning = meaning_of(row)
    return {
        "class": row.failure_word() or "internal",
        "about": about_people(row),
        "title": str(meaning.title),
        "message": row.failure_message,
        "hint": row.failure_hint,
        "mend": row.failure_mend,
        "next_step": str(meaning.next_step),
        "billed": row.failure_billed,
    }


def _consent(row: models.Generation) -> dict[str, Any] | None:
    if row.status != Status.NEEDS_CONSENT:
        return None
    names = ("flow", "version", "policy_text", "text_sha256", "statements", "roles", "docs_url")
    return {name: row.consent[name] for name in names}


def consent_question(row: models.Generation) -> dict[str, Any] | None:
    """With the other takes that the same answer would do for; None where nothing is asked."""
    asked = _consent(row)
    return asked and {**asked, "same_question": [other.pk for other in attested.waiting_alike(row)[1:]]}


def consent_record(row: models.ConsentRecord) -> dict[str, Any]:
    facts = ("flow", "version", "policy_text", "text_sha256", "statements", "created_at", "withdrawn_at")
    return {
        **{name: getattr(row, name) for name in facts},
        "id": row.pk,
        "account": row.account.name,
        "address": row.address,
        "files": [{"role": item["role"], "sha256": item["sha256"]} for item in row.inputs],
        "generation": row.generation_id,
        "person": row.user.username,
        "withdrawn_by": row.withdrawn_by.username if row.withdrawn_by and row.withdrawn_by_another else None,
        "withdrawal_reason": row.withdrawal_reason,
    }


def saved_prompt(row: models.SavedPrompt) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in ("id", "kind", "name", "text", "updated_at")}
    names = {"project": row.project.slug, "owner": row.owner.username}
    return {**facts, **names, "variables": variables_of(row.text)}


def _cost(row: models.Generation) -> dict[str, Any]:
    return {
        "held_usd": money(row.held_usd),
        "actual_usd": money(row.actual_usd),
        "basis": row.price_basis,
        "actual_basis": row.actual_basis or None,
        "detail": row.price_detail,
    }


def _output(row: models.Output) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in _FILE_FACTS}
    return {**facts, "link": f"{ROOT}/generations/{row.generation_id}/{OUTPUT_PATHS[row.kind]}"}


def _links(row: models.Generation) -> dict[str, str]:
    own = f"{ROOT}/generations/{row.pk}"
    return {"self": own, "page": row.get_absolute_url(), "events": f"{own}/events"}


def event(row: models.Event) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "from_status": row.from_status or None,
        "to_status": row.to_status or None,
        "actor": row.actor.username if row.actor else None,
        "detail": row.detail,
        "at": row.at,
    }
