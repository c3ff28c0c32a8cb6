"""Keys: one table, each person's own, no key for two things on one page."""

from __future__ import annotations

from typing import Any

import pytest

from generations.forms_gallery import MARK_CHOICES
from generations.keys import GALLERY, KEYS, KeyTable, NoKey, caps_of, conflicts, read
from generations.models import Change, Review
from generations.telling import acts
from tests.factories import make_model


def typed(**changes: str) -> dict[str, str]:
    return {key.name: " ".join(key.keys) for key in KEYS} | changes


def test_the_table_itself_has_no_conflict_and_reads_back():
    assert conflicts({key.name: key.keys for key in KEYS}) == {}
    for key in KEYS:
        assert read(" ".join(key.keys), typing=key.typing) == list(key.keys)


@pytest.mark.parametrize(
    ("text", "keys"),
    [("ctrl+alt+g", ["Ctrl+Alt+G"]), ("shift+/", ["/"]), ("alt+arrowup  x", ["Alt+ArrowUp", "X"]), ("", [])],
)
def test_a_key_is_read_as_the_table_writes_it(text, keys):
    assert read(text) == keys


@pytest.mark.parametrize("text", ["hyper+g", "tab", "Ctrl+W", "escape", "ab", "\x07", "a b c d"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(NoKey):
        read(text)


def test_a_key_that_works_while_writing_needs_ctrl_or_alt():
    with pytest.raises(NoKey, match="while you write"):
        read("Shift+G", typing=True)


def test_caps_are_drawn_as_on_the_keyboard():
    assert caps_of("Ctrl+Enter") == ["Ctrl", "↵"] and caps_of("Ctrl++") == ["Ctrl", "+"]


def test_own_keys_are_in_the_page_and_in_the_dialog(signed_in: Any, bob: Any):
    bob.keys = {"generate": ["Alt+G"]}
    bob.save()
    page = signed_in(bob).get("/").content.decode()
    assert '{"name": "generate", "keys": ["Alt+G"], "typing": true}' in page
    assert '<kbd class="kbd">Alt</kbd><kbd class="kbd">G</kbd>' in page


def test_keys_are_saved_where_they_differ_and_reset(signed_in: Any, bob: Any):
    client = signed_in(bob)
    assert client.post("/me/keys", typed(generate="alt+g", mute="")).status_code == 302
    bob.refresh_from_db()
    assert bob.keys == {"generate": ["Alt+G"]}
    client.post("/me/keys", typed(reset="1"))
    bob.refresh_from_db()
    assert bob.keys == {}


def test_a_conflict_is_said_on_both_sides_and_saves_nothing(signed_in: Any, bob: Any):
    reply = signed_in(bob).post("/me/keys", typed(mute="J", stop="x"))
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "J is also “Back, again for faster”." in page and "J is also “Sound on or off”." in page
    assert 'name="stop" value="x"' in page  # what was typed stays
    bob.refresh_from_db()
    assert bob.keys == {}


def test_one_key_may_do_different_things_on_different_pages(signed_in: Any, bob: Any):
    assert signed_in(bob).post("/me/keys", typed(prompts="Alt+M", search="J")).status_code == 302


def test_what_a_page_shows_beside_a_thing_is_the_persons_own_key(signed_in: Any, bob: Any, project: Any):
    make_model()
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert 'aria-keyshortcuts="M"' in page
    bob.keys = {"picker": ["Alt+G"]}
    bob.save()
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert 'aria-keyshortcuts="Alt+G"' in page and 'aria-keyshortcuts="M"' not in page


def test_every_key_is_heard_by_some_script():
    from pathlib import Path

    heard = "".join(path.read_text() for path in Path("static/js").glob("*.js"))
    assert not [key.name for key in KEYS if f'"{key.name}"' not in heard]


def test_a_broken_row_falls_back_to_the_table():
    assert KeyTable({"generate": "nonsense"}).of(KEYS[0]) == ["Ctrl+Enter"]


def test_a_mark_of_the_sorting_is_never_called_as_a_decision_of_a_review_is() -> None:
    decisions = [str(review.label).casefold()[:6] for review in (Review.APPROVED, Review.REJECTED)]
    marks = [str(words) for _value, words in MARK_CHOICES]
    keys = [str(key.words) for key in KEYS if key.place == GALLERY]
    told = [acts.done(Change(kind="mark", after={"mark": mark}, before={"a": ""})) for mark in ("reject", "")]
    for words in [*marks, *keys, *told]:
        assert not [word for word in decisions if word in words.casefold()], words
