"""Rows for the tests of the take pages: people, a project, takes in any state, with real files where needed."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from generations.models import (
    Asset,
    Generation,
    GenerationInput,
    Membership,
    Output,
    Project,
    Role,
    Status,
)
from generations.services.create import hold_for
from generations.services.transitions import record
from generations.storage import media_store
from providers import ledger
from providers.ids import new_id
from providers.models import ProviderAccount, VideoModel
from tests.media_files import make_image, make_mp4

POLICY = "Line one <b>bold</b>.\nLine two, every person agreed.\n\n  Indented & kept."
STATEMENTS = {"terms": "I accept the text.", "right": "Everyone agreed.", "screening": "It may be screened."}


def make_user(name: str, **fields: Any) -> Any:
    return get_user_model().objects.create_user(name, f"{name}@example.org", "correct horse", **fields)


def make_project(owner: Any, name: str = "First light", **members: Any) -> Project:
    """``members`` maps a role to a person: ``editor=bob``."""
    project = Project.objects.create(name=name, slug=f"p-{new_id().hex[-8:]}", created_by=owner)
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    for role, person in members.items():
        Membership.objects.create(project=project, user=person, role=role)
    return project


def make_model(gateway: str = "venice", *, sandbox: bool = False, label: str = "Seedance 2.0", **fields: Any) -> VideoModel:
    account = ProviderAccount(
        gateway=gateway, name=f"{gateway} {new_id().hex[-6:]}", base_url="http://127.0.0.1:9/v1", sandbox=sandbox
    )
    account.set_key("a-key-of-this-test")
    account.save()
    return VideoModel.objects.create(account=account, wire_id="seedance-2-0", label=label, **fields)


def make_take(project: Project, author: Any, model: VideoModel, status: str = Status.QUEUED, **fields: Any) -> Generation:
    """A take with its hold and its first event, as ``create`` would leave it, then set to ``status``."""
    prompt = fields.pop("prompt", "A lone sailing boat crosses a still fjord at first light.")
    request = {"prompt": prompt, "duration_s": 5.0, "aspect_ratio": "16:9", "resolution": "720p", "inputs": []}
    values: dict[str, Any] = {
        "mode": "text_to_video",
        "request": {**request, **fields.pop("request", {})},
        "request_sha256": "0" * 64,
        "held_usd": Decimal(0) if model.account.sandbox else Decimal("0.75"),
        "price_basis": "sandbox" if model.account.sandbox else "quoted",
        "price_detail": ["5 s × 0.15 USD (720p)"],
        "priced_at": timezone.now(),
        **fields,
    }
    with transaction.atomic():
        take = Generation.objects.create(
            project=project, author=author, account=model.account, model=model, prompt=prompt, status=status, **values
        )
        hold_for(take)
        held = None if take.held_usd is None else str(take.held_usd)
        detail = {"held_usd": held, "basis": take.price_basis}
        record(take.pk, project.pk, "created", to_status="queued", actor=author, detail=detail)
    return take


def needs_consent(project: Project, author: Any, model: VideoModel, **fields: Any) -> Generation:
    question = {
        "flow": "seedance",
        "version": "v2.0",
        "policy_text": POLICY,
        "text_sha256": hashlib.sha256(POLICY.encode()).hexdigest(),
        "roles": ["image"],
        "statements": STATEMENTS,
        "docs_url": "",
        "asked": 1,
    }
    take = make_take(project, author, model, Status.NEEDS_CONSENT, consent=question, mode="image_to_video", **fields)
    with transaction.atomic():
        ledger.release(take.pk, take.attempt, "consent asked")
    return take


def completed(project: Project, author: Any, model: VideoModel, files: list[Output] | None = None, **fields: Any) -> Generation:
    """A finished take; ``files`` as ``make_files`` made them, shared between takes."""
    now = timezone.now()
    times = {"accepted_at": now, "finished_at": now, "completed_at": now, "ended_at": now}
    take = make_take(project, author, model, Status.COMPLETED, **{**times, "actual_usd": Decimal("0.70"), **fields})
    with transaction.atomic():
        ledger.settle(take.pk, take.attempt, take.actual_usd, "actual")
    for file in files or []:
        file.pk, file.generation = None, take
        file.save(force_insert=True)
    return take


def make_files(folder: Path, seconds: float = 1.0, size: tuple[int, int] = (320, 180)) -> list[Output]:
    """Unsaved outputs of a real clip: video and last frame."""
    store, id_ = media_store(), new_id()
    clip = make_mp4(folder / f"{id_.hex}.mp4", seconds, size)
    frame = make_image(folder / f"{id_.hex}.png", size)
    return [
        _stored(store, id_, clip, "video", "video/mp4", "clip.mp4", size, duration_s=seconds, fps=24),
        _stored(store, id_, frame, "last_frame", "image/png", "last_frame.png", size),
    ]


def _stored(
    store: Any, id_: Any, path: Path, kind: str, mime: str, name: str, size: tuple[int, int], **fields: Any
) -> Output:
    final = store.name_for("takes", id_, name)
    data = path.read_bytes()
    store.commit(path, final)
    return Output(
        kind=kind,
        file=final,
        sha256=hashlib.sha256(data).hexdigest(),
        mime=mime,
        size_bytes=len(data),
        width=size[0],
        height=size[1],
        **fields,
    )


def make_asset(project: Project, owner: Any, folder: Path, name: str = "face.png", **size: Any) -> Asset:
    store, id_ = media_store(), new_id()
    names = [store.name_for("assets", id_, "original.png"), store.name_for("assets", id_, "thumb.webp")]
    for file, suffix in zip(names, (".png", ".webp"), strict=True):
        store.commit(make_image(folder / f"{id_.hex}{suffix}", size.get("size", (320, 240))), file)
    data = store.path(names[0]).read_bytes()
    return Asset.objects.create(
        id=id_,
        project=project,
        owner=owner,
        kind="image",
        name=name,
        file=names[0],
        thumb=names[1],
        sha256=hashlib.sha256(data).hexdigest(),
        mime="image/png",
        size_bytes=len(data),
        width=320,
        height=240,
    )


def use(take: Generation, asset: Asset, role: str = "first_frame") -> Generation:
    GenerationInput.objects.create(generation=take, role=role, position=take.inputs.count(), asset=asset)
    return take
