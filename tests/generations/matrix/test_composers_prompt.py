"""A prompt that came into the composer after a matrix had been filled in."""

from __future__ import annotations

import re

import pytest

from generations.models import Draft, PastPrompt
from generations.sheet import MOST_PROMPTS

pytestmark = pytest.mark.django_db
ASKS = 'id="matrix-waiting"'


def prompts_of(page: str) -> list[str]:
    return re.findall(r'<textarea class="input" name="prompt"[^>]*>(.*?)</textarea>', page)


@pytest.fixture
def opened(signed_in, bob, project, draft):
    """Write another prompt into the composer and open the matrix."""

    def open_with(prompt: str) -> str:
        body = {**draft.body, "prompt": prompt}
        Draft.objects.filter(pk=draft.pk).update(body=body)
        return signed_in(bob).get(f"/p/{project.slug}/matrix").content.decode()

    return open_with


def test_where_only_its_earlier_prompt_stood_the_new_one_is_taken(sheet, opened):
    sheet(composer="A boat")
    page = opened("A tram")
    assert prompts_of(page) == ["A tram"] and ASKS not in page


def test_beside_prompts_written_by_hand_the_page_asks(sheet, opened):
    sheet(prompt=["A boat at dawn", "A boat at noon"], composer="A boat")
    page = opened("A tram")
    assert prompts_of(page) == ["A boat at dawn", "A boat at noon"] and ASKS in page
    assert "<q>A tram</q>" in page and "Use it alone" in page and "Add it" in page
    assert ASKS not in opened("A boat"), "these were written over that one"
    assert ASKS not in opened("A boat at noon") and ASKS not in opened("")


@pytest.mark.parametrize(("how", "stand"), [("alone", ["A tram"]), ("add", ["A boat at dawn", "A tram"])])
def test_one_press_takes_it(how, stand, sheet, opened):
    form = {"prompt": ["A boat at dawn"], "composer": "A boat", "tab": "a" * 32}
    sheet(**form)
    opened("A tram")
    page = sheet(**form, take_prompt=how).content.decode()
    assert prompts_of(page) == stand and ASKS not in page
    assert prompts_of(opened("A tram")) == stand
    assert PastPrompt.objects.filter(text="A boat at dawn").exists() == (how == "alone")


def test_what_has_no_room_is_not_offered_to_be_added(sheet, opened):
    sheet(prompt=[f"Boat {n}" for n in range(MOST_PROMPTS)], composer="A boat")
    page = opened("A tram")
    assert "Use it alone" in page and "Add it" not in page
