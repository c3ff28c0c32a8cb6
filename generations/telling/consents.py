"""Consent records as pages show them. Who has left a project reads no prompts of it and sees no files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from generations.models import Asset, ConsentRecord, Generation, Project, Status
from generations.roles import LABELS
from generations.services import attested

MOST_TAKES = 50
MOST_LOOKED_AT = 1000
_GOES_ON = (Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING, Status.STORING)


@dataclass(frozen=True)
class FileRow:
    """``asset`` None: its bytes are gone, or not for this person to see."""

    role: str
    sha256: str
    asset: Asset | None

    @property
    def hash_short(self) -> str:
        return f"{self.sha256[:6]}…{self.sha256[-4:]}"


@dataclass(frozen=True)
class TakeRow:
    take: Generation
    visible: bool


@dataclass(frozen=True)
class Shown:
    """``take`` None: of a project that this person is not in."""

    record: ConsentRecord
    take: Generation | None
    files: Sequence[FileRow]


def shown(user: Any, records: Sequence[ConsentRecord]) -> list[Shown]:
    """Three queries for any number of records, which come with their take and account."""
    visible = _visible(user, (record.generation.project_id for record in records))
    ids = {item["asset"] for record in records for item in record.inputs if item.get("asset")}
    assets = Asset.objects.visible_to(user).exclude(file="").in_bulk([UUID(one) for one in ids])
    return [_shown(record, visible, assets) for record in records]


def _shown(record: ConsentRecord, visible: Collection[UUID], assets: dict[UUID, Asset]) -> Shown:
    take = record.generation
    files = [
        FileRow(
            str(LABELS.get(item["role"], item["role"])),
            item["sha256"],
            assets.get(UUID(item["asset"])) if item.get("asset") else None,
        )
        for item in record.inputs
    ]
    return Shown(record, take if take.project_id in visible else None, files)


def _visible(user: Any, projects: Iterable[UUID]) -> set[UUID]:
    return set(Project.objects.visible_to(user).filter(pk__in=set(projects)).values_list("pk", flat=True))


def whole(user: Any, record: ConsentRecord) -> dict[str, Any]:
    """Everything that was kept, and the takes that carry its files, newest first."""
    takes = list(attested.takes_about([record]).order_by("-id")[: MOST_TAKES + 1])
    return {
        "one": shown(user, [record])[0],
        "record": record,
        "own": record.user_id == user.pk,
        "takes": _rows(user, takes[:MOST_TAKES]),
        "more": len(takes) > MOST_TAKES,
    }


def consequences(user: Any, record: ConsentRecord) -> dict[str, Any]:
    """The record with the takes that its withdrawal stops, and those that go on: the first of them, and
    how many more there are (``stopped_open``: at least)."""
    ended = list(attested.together(record).select_related("account"))
    touched = attested.open_takes(ended).order_by("id")
    queued = list(touched.filter(status=Status.QUEUED)[:MOST_LOOKED_AT])
    stopped, going_on = attested.relying(queued, ended), touched.filter(status__in=_GOES_ON)
    return {
        "one": shown(user, [record])[0],
        "record": record,
        "own": record.user_id == user.pk,
        "others": len(ended) - 1,
        "stopped": _rows(user, stopped[:MOST_TAKES]),
        "stopped_more": max(len(stopped) - MOST_TAKES, 0),
        "stopped_open": len(queued) == MOST_LOOKED_AT,
        "going_on": _rows(user, going_on[:MOST_TAKES]),
        "going_on_more": max(going_on.count() - MOST_TAKES, 0),
    }


def _rows(user: Any, takes: Sequence[Generation]) -> list[TakeRow]:
    visible = _visible(user, (take.project_id for take in takes))
    return [TakeRow(take, take.project_id in visible) for take in takes]
