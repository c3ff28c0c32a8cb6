"""What the search finds, in any script, on both databases; and that no take is read in vain."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from generations import words as words_module
from generations.models import TakeWords
from generations.services import culling, gallery, words
from generations.services.gallery import Filter, Sort
from generations.words import words_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FOUND = {
    "Fog over the PIER, dawn": ["fog", "pier dawn", "DAWN fog", "daw", "fog, over"],
    "Ein Schöner Grüß aus Łódź": ["schoner", "SCHÖNER", "gruss", "łodz"],
    "東京タワーの夜景": ["東京", "タワー", "夜", "京タ"],
    "ประเทศไทย ตอนเช้า": ["ไทย", "เช้า"],
    "Вечерний Ёлки свет": ["елки", "ЁЛКИ", "веч"],
    "नदी के किनारे": ["नदी", "किनारे"],
    "f/2.8 at 35mm, 4K": ["35mm", "4k", "2 8"],
    "don't \" OR words:* NEAR( ' & | ! <-> \\": ["or", "near", "don t"],
}
NOT_FOUND = ["dawning", "京東", "h", "gru x", "35m 5k", "project"]


def find(project: Any, text: str, **wanted: Any) -> list[str]:
    found = gallery.page(project, Filter(text=text, **wanted)).takes
    return [take.prompt for take in found]


@pytest.fixture
def model(db: None) -> Any:
    return factories.make_model(label="Seedance")


def make(project: Any, model: Any, prompt: str, **fields: Any) -> Any:
    return factories.make_take_row(
        project=project, model=model, prompt=prompt, status="completed", hold=False, **fields
    )


def test_every_script_is_found_and_nothing_else(project, model):
    for prompt in FOUND:
        make(project, model, prompt)
    missed = [
        (prompt, text)
        for prompt, texts in FOUND.items()
        for text in texts
        if prompt not in find(project, text)
    ]
    assert not missed
    assert not [text for text in NOT_FOUND if find(project, text)]


@pytest.mark.parametrize(
    "text", ['"', "'", "*", 'a" OR "b', "' | 'x", "\\", "(", "{words}:x", "\x00x", ":*", "…"]
)
def test_signs_of_the_query_languages_are_no_query(project, model, text):
    make(project, model, "plain words")
    assert find(project, text) == []


def test_tags_people_and_models_are_found_too(project, model, alice, bob):
    take = make(project, model, "a pier", author=bob)
    culling.tag(alice, project, [take.pk], ["hero shot"])
    assert find(project, "hero") == find(project, "baker pier") == find(project, "seedance") == ["a pier"]
    culling.untag(alice, project, [take.pk], ["hero shot"])
    assert find(project, "hero") == []
    bob.display_name = "Robert Miller"
    bob.save()
    words.keep_of_person(bob.pk)
    assert find(project, "miller") == ["a pier"] and find(project, "baker") == []


def test_people_are_found_whatever_the_length_of_the_prompt(project, model, bob):
    make(project, model, " ".join(f"w{number}" for number in range(words_module.MOST_WORDS)), author=bob)
    assert len(find(project, "baker w17")) == 1


def test_other_projects_stay_out(project, model, bob):
    make(factories.make_project(bob), model, "a pier")
    assert find(project, "pier") == []


def test_pages_follow_each_other_both_ways(project, model, monkeypatch):
    monkeypatch.setattr(gallery, "PAGE", 2)
    takes = [make(project, model, f"pier {number}") for number in range(5)]
    for sort, wanted in ((Sort.NEWEST, takes[::-1]), (Sort.OLDEST, takes)):
        shown, before = [], None
        for _ in range(3):
            found = gallery.page(project, Filter(text="pier", sort=sort), before)
            shown += found.takes
            before = found.before
        assert shown == wanted and before is None


def test_words_go_with_their_take(project, model):
    take = make(project, model, "a pier")
    take.delete()
    assert not TakeWords.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM generations_wordsindex")
            assert cursor.fetchone() == (0,)


def test_a_word_that_all_have_is_looked_up_in_parts_until_the_page_is_full(project, model, bob, monkeypatch):
    """Two of twenty fit the rest of the filter, and are the oldest: they are found all the same."""
    monkeypatch.setattr(gallery, "PAGE", 1)
    mine = [make(project, model, f"pier {number}", author=bob) for number in range(2)]
    for number in range(18):
        make(project, model, f"pier of another {number}")
    first = gallery.page(project, Filter(text="pier", person=bob.pk))
    second = gallery.page(project, Filter(text="pier", person=bob.pk), first.before)
    assert first.takes + second.takes == mine[::-1] and second.before is None


def test_sqlite_goes_from_the_words_to_the_takes(project):
    if connection.vendor != "sqlite":
        return
    rows = gallery.find(project, Filter(text="pier", person=project.created_by_id))
    plan = rows.explain()
    assert "SCAN f VIRTUAL TABLE INDEX" in plan and "CORRELATED" not in plan, plan


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Grüße, GRÜSSE", ["grusse"]),
        ("ﬁne ½", ["fine", "1", "2"]),
        ("東京", ["東", "京", "東京"]),
        ("abc東x", ["abc", "東", "x"]),
        ("", []),
    ],
)
def test_words_are_spelt_one_way(text, found):
    assert words_of(text) == found
