"""Rows for tests, by plain functions.

``make_take`` goes through the real services; ``make_take_row(status="failed")`` writes the row alone, with
what a row of that status always has, so that a verb can be tried on any state.
"""

from __future__ import annotations

import hashlib
import itertools
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from generations.models import (
    Asset,
    ConsentRecord,
    Generation,
    GenerationInput,
    Membership,
    Output,
    Project,
    Role,
    Status,
)
from generations.services import words
from generations.services.assets import save_upload
from generations.services.compose import Wish, compose
from generations.services.create import create_generations, hold_for
from generations.storage import media_store
from providers import accounts, limits
from providers.ids import new_id
from providers.models import ProviderAccount, Quota, VideoModel
from videostudio.models import ApiToken

_number = itertools.count(1)

# nothing listens there: no test can send anything out by accident
CLOSED_PORT = "http://127.0.0.1:9/v1"
# five or ten seconds, one size, no inputs but a first frame: small enough to read in a failing test
CAPABILITIES: dict[str, Any] = {
    "modes": ["text_to_video", "image_to_video"],
    "durations_s": [5, 10],
    "resolutions": ["720p", "1080p"],
    "aspect_ratios": ["16:9", "9:16"],
    "seed": True,
    "negative_prompt": True,
    "inputs": {"first_frame": {"max_count": 1}},
}
PRICE_RULE: dict[str, Any] = {"per": "second", "rates": [{"usd": "0.15"}]}
CONSENT: dict[str, Any] = {
    "flow": "seedance-face",
    "version": "2026-01",
    "policy_text": "I may use these faces.",
    "text_sha256": hashlib.sha256(b"I may use these faces.").hexdigest(),
    "roles": ["first_frame"],
    "statements": {"rights": "I hold the rights.", "adults": "Everybody shown is an adult."},
    "docs_url": "",
    "asked": 1,
}


def make_user(**overrides: Any) -> Any:
    name = overrides.pop("username", f"person{next(_number)}")
    return get_user_model().objects.create_user(username=name, password="correct horse 9", **overrides)


def make_project(owner: Any = None, **overrides: Any) -> Project:
    number = next(_number)
    owner = owner or make_user()
    values = {"name": f"Project {number}", "slug": f"project-{number}", "created_by": owner, **overrides}
    project = Project.objects.create(**values)
    Membership.objects.create(project=project, user=owner, role="owner")
    return project


def make_account(gateway: str = "token360", **overrides: Any) -> ProviderAccount:
    values = {"name": f"{gateway} {next(_number)}", "key": "sandbox-key-for-tests", **overrides}
    fields = {name: values.pop(name) for name in list(values) if name not in _CREATE}
    account = accounts.create_account(gateway, **values)
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()
    return account


_CREATE = {"name", "key", "base_url", "sandbox"}


def model_of(account: ProviderAccount, wire_id: str) -> VideoModel:
    return VideoModel.objects.select_related("account").get(account=account, wire_id=wire_id)


def make_take(
    user: Any, project: Project, model: VideoModel, *, inputs: Any = (), **values: Any
) -> Generation:
    """A take made through the real services: checked, priced and held."""
    values = {"prompt": "A quiet harbour at dawn", **values}
    composition = compose(user, project, Wish(model=model, values=values, inputs=list(inputs)))
    return create_generations(user, [composition])[0]


def save_asset(user: Any, project: Project, path: Any) -> Asset:
    """A real file, through the real upload."""
    return save_upload(user, project, SimpleUploadedFile(path.name, path.read_bytes()), name=path.name)


def add_member(project: Project, user: Any, role: str = Role.EDITOR) -> Membership:
    return Membership.objects.create(project=project, user=user, role=role)


def make_model(**overrides: Any) -> VideoModel:
    """A model of ``account`` (a new one by default) for text and first frame, at $0.15 a second."""
    number = next(_number)
    fields = {
        "account": overrides.pop("account", None) or make_account(base_url=CLOSED_PORT),
        "wire_id": f"model-{number}",
        "label": f"Model {number}",
        "capabilities": CAPABILITIES,
        "price_rule": PRICE_RULE,
        **overrides,
    }
    return VideoModel.objects.create(**fields)


def make_asset(**overrides: Any) -> Asset:
    """An asset row without a file; ``content=b"…"`` also writes one into the media store."""
    project = overrides.pop("project", None) or make_project()
    content = overrides.pop("content", None)
    id_ = overrides.pop("id", None) or new_id()
    fields = {
        "owner": project.created_by,
        "kind": Asset.Kind.IMAGE,
        "name": "still.png",
        "file": media_store().name_for("assets", id_, "original.png"),
        "sha256": hashlib.sha256(content or id_.bytes).hexdigest(),
        "mime": "image/png",
        "size_bytes": len(content or b"") or 1000,
        "width": 1280,
        "height": 720,
        **overrides,
    }
    asset = Asset.objects.create(id=id_, project=project, **fields)
    if content is not None:
        _write(asset.file, content)
    return asset


def make_take_row(**overrides: Any) -> Generation:
    """A take as its row alone, in any ``status``, with its money held; made by no service.

    ``inputs=[(role, asset), …]`` adds its inputs, ``hold=False`` leaves the ledger alone.
    """
    model = overrides.pop("model", None) or make_model()
    project = overrides.pop("project", None) or make_project()
    inputs = overrides.pop("inputs", [])
    hold = overrides.pop("hold", True)
    prompt = overrides.pop("prompt", "A boat on a still fjord")
    fields = {
        "author": project.created_by,
        "account": model.account,
        "mode": "image_to_video" if inputs else "text_to_video",
        "request": {
            "prompt": prompt,
            "duration_s": 5.0,
            "resolution": "720p",
            "aspect_ratio": "16:9",
            "inputs": [{"role": role, "asset": str(asset.pk)} for role, asset in inputs],
        },
        "request_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
        "held_usd": Decimal("0.75"),
        "price_basis": "estimated",
        "priced_at": timezone.now(),
        **_of_status(overrides.get("status", Status.QUEUED)),
        **overrides,
    }
    take = Generation.objects.create(project=project, model=model, prompt=prompt, **fields)
    GenerationInput.objects.bulk_create(
        GenerationInput(generation=take, role=role, position=index, asset=asset)
        for index, (role, asset) in enumerate(inputs)
    )
    if hold:
        hold_for(take, take.author)
    words.keep([take.pk])
    return take


def _of_status(status: str) -> dict[str, Any]:
    """What a row of this status always has."""
    now = timezone.now()
    accepted = {"job_id": f"job-{next(_number)}", "submitted_at": now, "accepted_at": now}
    ended = {"ended_at": now}
    return {
        Status.NEEDS_CONSENT: {"consent": CONSENT},
        Status.UNCERTAIN: {"submitted_at": now, "wait_reason": "The connection broke."},
        Status.RUNNING: {**accepted, "next_poll_at": now},
        Status.STORING: {**accepted, "finished_at": now},
        Status.COMPLETED: {**accepted, **ended, "finished_at": now, "completed_at": now},
        Status.FAILED: {
            **ended,
            "failure_class": "moderation",
            "failure_message": "The prompt was refused.",
            "failure_billed": False,
        },
        Status.CANCELLED: ended,
    }.get(Status(status), {})


def make_record(take: Generation, user: Any, **overrides: Any) -> ConsentRecord:
    """What a person attested for a take, with the words of ``CONSENT``."""
    names = ("flow", "version", "policy_text", "text_sha256", "statements")
    uses = [(use.role, use.asset) for use in take.inputs.select_related("asset")]
    record = ConsentRecord.objects.create(
        user=user,
        generation=take,
        account=take.account,
        inputs=[{"role": role, "sha256": asset.sha256, "asset": str(asset.pk)} for role, asset in uses],
        **{**{name: CONSENT[name] for name in names}, **overrides},
    )
    for sha256 in {asset.sha256 for _role, asset in uses}:
        record.files.create(sha256=sha256)
    return record


def make_output(take: Generation, content: bytes = b"\x00\x00\x00\x18ftypmp42", **overrides: Any) -> Output:
    """A stored file of the take, written into the media store: its clip by default."""
    kind = overrides.pop("kind", Output.Kind.VIDEO)
    suffix, mime = ("mp4", "video/mp4") if kind == Output.Kind.VIDEO else ("webp", "image/webp")
    fields = {
        "kind": kind,
        "file": media_store().name_for("takes", take.pk, f"{kind}.{suffix}"),
        "sha256": hashlib.sha256(content).hexdigest(),
        "mime": mime,
        "size_bytes": len(content),
        **overrides,
    }
    output = Output.objects.create(generation=take, **fields)
    _write(output.file, content)
    return output


def make_quota(limit: int | str | Decimal, **overrides: Any) -> Quota:
    """By default: so many takes in all, in the whole studio."""
    fields = {"scope": Quota.Scope.STUDIO, "measure": Quota.Measure.COUNT, "period": Quota.Period.LIFETIME}
    return limits.make(Quota(limit=Decimal(limit), **{**fields, **overrides}))


def make_token(user: Any, *scopes: str) -> str:
    """The token itself; with every scope unless some are named."""
    return ApiToken.issue(user, "test", scopes=scopes or None)[1]


def _write(name: str, content: bytes) -> None:
    path = media_store().path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
