"""Refusals for who is shown: never a consent box, but their class, the money, and what else is possible."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from generations.models import Draft, Generation
from generations.services.alternatives import others_for
from generations.services.failures import about_people, meaning_of
from providers.gateways.likeness import About, about
from tests.factories import CAPABILITIES, CLOSED_PORT, make_account, make_asset, make_model, make_take_row

pytestmark = pytest.mark.django_db
FIGURE = "Content policy violation: the media shows a public figure."


@pytest.fixture
def refused(project: Any) -> Any:
    def make(words: str, **overrides: Any) -> Generation:
        inputs = overrides.pop("inputs", [("first_frame", make_asset(project=project))])
        return make_take_row(
            project=project, status="failed", failure_message=words, inputs=inputs, **overrides
        )

    return make


def page(client: Any, take: Generation) -> str:
    return client.get(take.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("InputImageSensitiveContentDetected.PrivacyInformation", About.REAL_PERSON),
        ("***.PrivacyInformation", About.REAL_PERSON),
        ("The input image may contain real person.", About.REAL_PERSON),
        ("a recognisable person was found", About.REAL_PERSON),
        (FIGURE, About.PUBLIC_FIGURE),
        ("Celebrities are not allowed", About.PUBLIC_FIGURE),
        ("sexual content involving minors, public figure", About.MINOR),
        ("depicts an underage person", About.MINOR),
        ("Your prompt violates the content policy", None),
        ("a minor change of the child element is needed", About.MINOR),
        ("minor changes are needed in the child element", None),
        ("The prompt was refused.", None),
    ],
)
def test_the_gateways_words_say_whom_a_refusal_is_about(words, found):
    assert about(words) == found


def test_only_a_refusal_of_content_is_about_people(refused):
    assert about_people(refused(FIGURE)) == About.PUBLIC_FIGURE
    assert about_people(refused(FIGURE, failure_class="invalid_input")) is None
    assert "public figure" in str(meaning_of(refused(FIGURE)).title)


@pytest.mark.parametrize("words", [FIGURE, "The media shows a minor.", "It may contain real person."])
def test_the_page_offers_no_consent_says_what_it_cost_and_what_else_there_is(refused, bob, signed_in, words):
    html = page(signed_in(bob), refused(words))
    assert "No consent changes that" in html and 'type="checkbox"' not in html
    assert "Use another picture" in html and "not charged" in html.lower()


def test_an_ordinary_refusal_says_nothing_of_people(refused, bob, signed_in):
    assert "No consent changes that" not in page(signed_in(bob), refused("The prompt was refused."))


def test_models_are_offered_that_take_the_inputs_and_are_not_known_to_ask_or_refuse(refused):
    account = make_account(base_url=CLOSED_PORT)
    make_model(account=account, label="Takes it")
    make_model(account=account, label="Asks", capabilities={**CAPABILITIES, "may_ask_consent": True})
    make_model(account=account, label="Refuses", capabilities={**CAPABILITIES, "faces": "refuses"})
    make_model(account=account, label="Words", capabilities={**CAPABILITIES, "inputs": {}})
    take = refused(FIGURE, model=make_model(account=account, label="The one that refused"))
    labels = {offer.model.label for offer in others_for(take.author, take, About.PUBLIC_FIGURE)}
    assert "Takes it" in labels and not labels & {"Asks", "Refuses", "Words", "The one that refused"}
    assert others_for(take.author, take, About.MINOR) == []


def test_one_click_opens_the_composer_with_the_take_for_that_model(refused, bob, signed_in):
    other = make_model(label="Takes it")
    take = refused(FIGURE)
    assert f'value="{other.pk}"' in page(signed_in(bob), take)
    reply = signed_in(bob).post(reverse("take-edit", args=[take.pk]), {"model": str(other.pk)})
    draft = Draft.objects.get(user=bob, project=take.project)
    assert reply.status_code == 302 and draft.body["model"] == str(other.pk)
    assert draft.body["inputs"] == take.request["inputs"] and draft.body["prompt"] == take.prompt


def test_a_viewer_is_told_but_offered_nothing(refused, charlie, signed_in):
    take = refused(FIGURE)
    make_model(label="Takes it")
    take.project.memberships.create(user=charlie, role="viewer")
    assert "Takes it" not in page(signed_in(charlie), take)


def test_the_api_names_whom_it_is_about(refused, bob, signed_in):
    take = refused(FIGURE)
    told = signed_in(bob).get(f"/api/v1/generations/{take.pk}").json()["failure"]
    assert (told["about"], told["billed"]) == ("public_figure", False)
