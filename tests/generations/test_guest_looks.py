"""An open page of a guest asks every two seconds: a look at what is unchanged costs a few questions, however
many takes there are, and a look at anything that changed is no such look."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Generation, GuestCopy, ShareItem, ShareLink
from generations.services import comments, saved_views, shares
from generations.services.shares import Terms
from generations.services.writers import Writer
from providers.ids import new_id
from tests.generations.shared import Caller, guest_at, make_take, share_of, take_key

pytestmark = pytest.mark.django_db
MOST_QUESTIONS = {"chosen": 5, "view": 10}  # how a link finds its takes -> questions


def more_of(take: Generation, count: int) -> list[Generation]:
    """As many takes more as this one, with the same files."""
    rows: list[Any] = []
    for _ in range(count):
        row = copy(take)
        row.pk, row.batch_id, row.job_id = new_id(), new_id(), f"job {new_id()}"
        rows.append(row)
    Generation.objects.bulk_create(rows)
    for source in (*take.outputs.all(), take.guest_copy):
        copies = [copy(source) for _ in rows]
        for made, row in zip(copies, rows, strict=True):
            made.pk, made.generation_id = None, row.pk
        type(source).objects.bulk_create(copies)
    return rows


def version_at(caller: Caller, key: str) -> str:
    found = re.findall(r'data-version="(\w+)"', caller.get(f"/{key}").content.decode())
    return str(found[0])


def questions(caller: Caller, key: str, version: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert caller.get(f"/{key}/live?v={version}").status_code == 204
    return len(asked)


@pytest.mark.parametrize("how", MOST_QUESTIONS)
def test_an_unchanged_look_at_200_takes_asks_as_little_as_at_two(how, project, alice):
    take = make_take(project)
    if how == "view":
        view = saved_views.save(alice, project, "All", "status=completed", shared=True)
        share, token = shares.make(alice, project, Terms("First Light"), view=view)
    else:
        share, token = share_of(take, *more_of(take, 1))
    caller, key = guest_at(token), take_key(share, take)
    few = questions(caller, key, version_at(caller, key))
    added = more_of(take, 198)
    if how == "chosen":
        ShareItem.objects.bulk_create(
            ShareItem(share=share, generation=one, position=n, number=n) for n, one in enumerate(added, 3)
        )
    version = version_at(caller, key)
    assert caller.get(f"/{key}").content.count(b'class="pickr"') == 200 - (how == "view")
    assert questions(caller, key, version) == few <= MOST_QUESTIONS[how]


CHANGES: dict[str, Any] = {
    "a note": lambda take, note, team: comments.write(Writer(person=team), take, body="x", audience="client"),
    "an answer": lambda take, note, team: comments.write(Writer(person=team), take, body="x", parent=note),
    "other words": lambda take, note, team: comments.edit(Writer(person=team), note, 0, body="Other words"),
    "a tick": lambda take, note, team: comments.tick(team, note, 0, True),
    "done": lambda take, note, team: comments.resolve(team, note),
    "taken back": lambda take, note, team: comments.delete(Writer(person=team), note),
    "a caption": lambda take, note, team: ShareItem.objects.update(caption="The pier"),
    "terms": lambda take, note, team: ShareLink.objects.update(may_download=True),
    "archived": lambda take, note, team: type(take.project).objects.update(archived_at=timezone.now()),
    "a poster": lambda take, note, team: take.outputs.get(kind="poster").delete(),
    "another copy": lambda take, note, team: GuestCopy.objects.update(file=""),
    "another clip": lambda take, note, team: take.outputs.filter(kind="video").update(
        sha256="f" * 64, size_bytes=9
    ),
    "thrown away": lambda take, note, team: Generation.objects.update(trashed_at=timezone.now()),
    "a version": lambda take, note, team: Generation.objects.update(version_no=4),
    "signed": lambda take, note, team: Generation.objects.update(signed_at=timezone.now()),
}
HIDDEN: dict[str, Any] = {
    "an internal note": lambda take, note, team: comments.write(Writer(person=team), take, body="Among us"),
    "stars": lambda take, note, team: Generation.objects.update(stars=3, version=77),
    "their own decision": lambda take, note, team: Generation.objects.update(review="rejected", review_no=9),
}


@pytest.mark.parametrize("change", {**CHANGES, **HIDDEN})
def test_what_guests_see_is_shown_and_what_is_hidden_is_not_even_noticed(change, project, alice):
    take = make_take(project)
    share, token = share_of(take, may_comment=True, may_approve=True)
    note = comments.write(
        Writer(person=alice), take, body="For you", audience="client", checklist=["the logo"]
    )
    caller, key = guest_at(token), take_key(share, take)
    version = version_at(caller, key)
    assert caller.get(f"/{key}/live?v={version}").status_code == 204
    {**CHANGES, **HIDDEN}[change](take, note, alice)
    for _ in range(2):  # also once it was looked at
        got = caller.get(f"/{key}/live?v={version}")
        assert got.status_code == (204 if change in HIDDEN else 200)


def test_a_version_holds_for_nobody_else(project):
    """What one guest said is not what another sees; a made-up version is none."""
    take = make_take(project)
    share, token = share_of(take, may_comment=True, may_approve=True)
    first, second, key = guest_at(token), guest_at(token), take_key(share, take)
    before = version_at(first, key)
    first.post(f"/{key}/notes", body="Warmer", name="Helen")
    mine, theirs = version_at(first, key), version_at(second, key)
    assert len({before, mine, theirs}) == 3
    assert second.get(f"/{key}/live?v={mine}").status_code == 200
    assert first.get(f"/{key}/live?v=").status_code == 200
    for nowhere in ("0" * 16, "1" * 16):  # a take that is not there any more: the others are offered
        gone = version_at(first, nowhere)
        assert questions(first, nowhere, gone) <= MOST_QUESTIONS["chosen"]
    assert first.get(f"/{key}/live?v={mine}").status_code == 204
