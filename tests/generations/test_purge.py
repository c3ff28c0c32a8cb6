"""The end of the trash: files go after their time, rows and history stay, nothing else is touched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from generations.models import Generation
from generations.services import again, decide, purge
from generations.services.refusals import WrongState
from generations.storage import media_store
from providers.gateways.values import FailureClass
from tests.factories import make_output, make_take_row
from videostudio import housekeeping

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LONG = timedelta(days=settings.STUDIO["TRASH_DAYS"], hours=1)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def trashed(ago: timedelta = LONG, **fields: Any) -> Generation:
    values = {"status": "completed", "hold": False, "trashed_at": timezone.now() - ago, **fields}
    take = make_take_row(**values)
    make_output(take)
    return take


def files(take: Generation) -> list[Any]:
    return [media_store().path(output.file) for output in take.outputs.all()]


def test_files_go_and_the_row_stays() -> None:
    take = trashed()
    (clip,) = files(take)
    housekeeping.daily()
    take.refresh_from_db()
    assert take.purged_at and not clip.exists() and not take.outputs.exists()
    assert take.events.get(kind="purged").detail["files"]
    with pytest.raises(WrongState):
        decide.restore(take.author, take)


@pytest.mark.parametrize(
    ("ago", "fields"),
    [
        (LONG - timedelta(hours=2), {}),
        (LONG, {"status": "cancelled", "next_poll_at": timezone.now()}),
        (LONG, {"trashed_at": None}),
    ],
)
def test_nothing_goes_before_its_time(ago: timedelta, fields: dict[str, Any]) -> None:
    take = trashed(ago, **fields)
    assert purge.purge_trash(timezone.now()) == 0
    assert files(take)[0].exists()


def test_one_that_is_restored_meanwhile_keeps_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    take, touch = trashed(), purge.touch

    def restored_first(row: Generation, *args: Any, **fields: Any) -> bool:
        Generation.objects.filter(pk=row.pk).update(trashed_at=None)
        return touch(row, *args, **fields)

    monkeypatch.setattr(purge, "touch", restored_first)
    assert purge.purge_trash(timezone.now()) == 0
    assert files(take)[0].exists()


def test_a_worker_that_died_before_deleting_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    take = trashed()
    (clip,) = files(take)
    with monkeypatch.context() as dying:
        dying.setattr(purge, "_delete", lambda names: None)
        purge.purge_trash(timezone.now())
    assert clip.exists() and not take.outputs.exists()
    purge.purge_trash(timezone.now())
    assert not clip.exists()


def test_pages_tell_it(signed_in: Any, alice: Any, project: Any) -> None:
    take = trashed(timedelta(days=29, hours=1), project=project)
    wall = f"/p/{project.slug}/gallery?trash=1"
    page = signed_in(alice).get(f"/t/{take.pk}").content.decode()
    assert "Its files go for good in 1 day." in page and "/restore" in page
    assert f'id="take-{take.pk}"' in signed_in(alice).get(wall).content.decode()
    purge.purge_trash(timezone.now() + timedelta(days=2))
    page = signed_in(alice).get(f"/t/{take.pk}").content.decode()
    assert "Its files are gone for good" in page and "/restore" not in page
    assert f'id="take-{take.pk}"' not in signed_in(alice).get(wall).content.decode()


@pytest.mark.parametrize("verb", ["accept_price", "resume"])
def test_a_take_that_goes_on_leaves_the_trash_and_keeps_its_new_clip(verb: str) -> None:
    wrong = FailureClass.PRICE_MOVED if verb == "accept_price" else FailureClass.EXPIRED_RESULT
    take = trashed(status="failed", failure_class=wrong, job_id="job-of-the-trash")
    purge.purge_trash(timezone.now())
    take.refresh_from_db()
    decide.resume(take.author, take) if verb == "resume" else again.accept_price(
        take.author, take, shown="0.75"
    )
    take.refresh_from_db()
    assert (take.trashed_at, take.purged_at) == (None, None) and take.status in ("queued", "running")
    name = take.events.get(kind="purged").detail["files"][0]
    media_store().path(name).parent.mkdir(parents=True, exist_ok=True)
    media_store().path(name).write_bytes(b"the new clip")
    purge.purge_trash(timezone.now())
    assert media_store().path(name).exists()
