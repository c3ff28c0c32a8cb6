"""Two people at one note at one moment."""

from __future__ import annotations

from typing import Any

import pytest

from generations.models import Comment, CommentEdit
from generations.services import comments
from generations.services.refusals import WrongState
from generations.services.writers import Writer
from tests.generations.notes import make_clip
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def tried(do: Any) -> str:
    try:
        do()
    except WrongState:
        return "refused"
    return "done"


def test_deleting_while_somebody_replies_and_two_edits(project, alice, bob):
    take, by = make_clip(project), Writer(person=alice)
    for _round in range(3):
        note = comments.write(by, take, body="Sharper")
        acts = [
            lambda note=note: comments.delete(by, note),
            lambda note=note: comments.write(Writer(person=bob), take, body="Why?", parent=note),
        ]
        deleted, replied = together(2, lambda n, acts=acts: tried(acts[n]))
        assert deleted == "done" and Comment.objects.filter(parent=note).count() == (replied == "done")

    note = comments.write(by, take, body="one")
    told = together(2, lambda n: tried(lambda: comments.edit(by, note, 0, body=f"edit {n}")))
    note.refresh_from_db()
    assert sorted(told) == ["done", "refused"] and note.body == f"edit {told.index('done')}"
    assert CommentEdit.objects.filter(comment=note).count() == 1

    assert (
        together(2, lambda n: comments.resolve([alice, bob][n], note).resolved_by in (alice, bob))
        == [True] * 2
    )
    assert take.events.filter(kind="note resolved").count() == 1
