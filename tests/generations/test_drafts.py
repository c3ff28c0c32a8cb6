"""A draft in two tabs: the later one is told, and no text is lost."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from generations.models import Draft, PastPrompt
from generations.services import drafts, past_prompts
from generations.services.drafts import ChangedElsewhere, Seen
from tests.factories import make_model
from tests.generations.composer.page import HTMX

pytestmark = pytest.mark.both_databases
ONE, TWO = uuid4().hex, uuid4().hex


@pytest.fixture
def tab(signed_in: Any, bob: Any, project: Any) -> Any:
    """``tab(name, version)(address, prompt)``: what a page sends that saw this version."""
    client, model = signed_in(bob), make_model()

    def open_tab(name: str, version: int = 0) -> Any:
        def send(address: str, prompt: str, **more: Any) -> Any:
            body = {"prompt": prompt, "model": str(model.pk), "draft_version": version, "draft_tab": name}
            return client.post(f"/p/{project.slug}/{address}", {**body, **more}, headers=HTMX)

        return send

    return open_tab


def kept(bob: Any, project: Any) -> set[str]:
    return set(PastPrompt.objects.filter(user=bob, project=project).values_list("text", flat=True))


def test_a_tab_that_saves_over_a_newer_draft_is_told_and_changes_nothing(tab: Any, bob: Any, project: Any):
    assert tab(ONE)("composer/draft", "A fox").json() == {"version": 1}
    told = tab(TWO)("composer/draft", "A hare")
    assert told.status_code == 409
    assert "Changed in another tab" in told.content.decode() and "A fox" in told.content.decode()
    assert drafts.of(bob, project).prompt == "A fox"


def test_a_tab_never_stands_in_its_own_way(tab: Any, bob: Any, project: Any):
    assert tab(ONE)("composer/draft", "A fox").json() == {"version": 1}
    assert tab(ONE)("composer/draft", "A fox runs").json() == {"version": 2}
    assert tab(TWO, version=2)("composer/draft", "A fox runs on").json() == {"version": 3}


def test_the_same_content_is_no_conflict(tab: Any):
    tab(ONE)("composer/draft", "A fox")
    assert tab(TWO)("composer/draft", "A fox").json() == {"version": 1}


def test_keeping_this_one_leaves_the_other_text_in_the_history(tab: Any, bob: Any, project: Any):
    tab(ONE)("composer/draft", "A fox")
    answer = tab(TWO)("composer/draft/mine", "A hare")
    assert drafts.of(bob, project).prompt == "A hare" and "A fox" in kept(bob, project)
    assert 'name="draft_version" value="2"' in answer.content.decode()
    assert tab(ONE, version=1)("composer/draft", "A fox again").status_code == 409


def test_using_that_one_leaves_this_text_in_the_history(tab: Any, bob: Any, project: Any):
    tab(ONE)("composer/draft", "A fox")
    page = tab(TWO)("composer/draft/theirs", "A hare").content.decode()
    assert ">A fox</textarea>" in page and f'name="draft_tab" value="{TWO}"' in page
    assert kept(bob, project) == {"A hare"} and drafts.of(bob, project).prompt == "A fox"


def test_a_page_that_goes_away_in_conflict_leaves_its_words(tab: Any, bob: Any, project: Any):
    tab(ONE)("composer/draft", "A fox")
    assert tab(TWO)("composer/draft/aside", "A hare, half written").status_code == 204
    assert "A hare, half written" in kept(bob, project) and drafts.of(bob, project).prompt == "A fox"


def test_generating_in_an_old_tab_leaves_the_other_tabs_draft(tab: Any, bob: Any, project: Any):
    tab(ONE)("composer/draft", "A fox")
    values = {"shown_usd": "100", "idempotency_key": uuid4().hex, "duration_s": "5", "count": "1"}
    values |= {"resolution": "720p", "aspect_ratio": "16:9"}
    assert tab(TWO)("generate", "A hare", **values).status_code == 200
    assert drafts.of(bob, project).prompt == "A fox"


def test_every_page_that_is_opened_has_a_name_of_its_own(signed_in: Any, bob: Any, project: Any):
    make_model()
    Draft.objects.create(user=bob, project=project, body={"prompt": "A fox"}, version=4, tab=ONE)
    pages = [signed_in(bob).get(f"/p/{project.slug}/").content.decode() for _n in range(2)]
    names = {page.split('name="draft_tab" value="')[1].split('"')[0] for page in pages}
    assert len(names | {ONE}) == 3 and all('name="draft_version" value="4"' in page for page in pages)


def test_a_nonsense_version_or_name_is_an_old_one(tab: Any):
    tab(ONE)("composer/draft", "A fox")
    for name, version in (("'; DROP", "x"), ("", "-1"), ("é" * 32, "9" * 30)):
        assert tab(name, version)("composer/draft", "A hare").status_code == 409


def test_drafts_are_of_one_person(bob: Any, alice: Any, project: Any):
    drafts.save(bob, project, {"prompt": "Bob's"}, Seen(0, ONE))
    drafts.save(alice, project, {"prompt": "Alice's"}, Seen(0, TWO))
    assert drafts.of(bob, project).prompt == "Bob's" and drafts.of(alice, project).prompt == "Alice's"


def test_a_saved_draft_is_never_overwritten_by_a_page_that_did_not_see_it(bob: Any, project: Any):
    drafts.save(bob, project, {"prompt": "A fox"}, Seen(0, ONE))
    with pytest.raises(ChangedElsewhere) as told:
        drafts.save(bob, project, {"prompt": "A hare"}, Seen(0, ""))
    assert told.value.draft.prompt == "A fox"


def test_the_history_holds_each_text_once_the_latest_first(bob: Any, alice: Any, project: Any):
    for text in ("A fox", "A hare", "A fox "):
        past_prompts.remember(bob, project, [text], sent=False)
    past_prompts.remember(alice, project, ["Alice's"], sent=False)
    assert [row.text for row in past_prompts.find(bob, project)] == ["A fox", "A hare"]
    assert [row.text for row in past_prompts.find(bob, project, "HARE")] == ["A hare"]


def test_what_was_sent_stays_sent(bob: Any, project: Any):
    past_prompts.remember(bob, project, ["A fox"], sent=True)
    past_prompts.remember(bob, project, ["A fox"], sent=False)
    assert PastPrompt.objects.get().sent
