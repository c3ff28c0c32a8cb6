"""The model picker's list: one row a model, the id that suits the inputs, prices, times, marks, health."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from generations.models import FavouriteModel
from generations.services import favourites
from tests.factories import CAPABILITIES, CLOSED_PORT, make_account, make_asset, make_model, make_take_row

pytestmark = pytest.mark.django_db
WORDS = {**CAPABILITIES, "modes": ["text_to_video"], "inputs": {}}
FRAME = {**CAPABILITIES, "modes": ["image_to_video"]}


@pytest.fixture
def account() -> Any:
    return make_account(base_url=CLOSED_PORT, name="House account")


@pytest.fixture
def shown(signed_in: Any, bob: Any, project: Any) -> Any:
    client = signed_in(bob)

    def ask(**values: Any) -> str:
        reply = client.post(f"/p/{project.slug}/models", values)
        assert reply.status_code == 200
        return str(reply.content.decode())

    return ask


@pytest.fixture
def own(account: Any) -> Any:
    """Only the models of a test are on offer."""
    account.models.all().delete()

    def make(**fields: Any) -> Any:
        return make_model(**{"account": account, **fields})

    return make


def rows_in(page: str) -> list[str]:
    return page.split('<div class="pick')[2:] if 'class="picks"' in page else []


def row_of(page: str, name: str) -> str:
    return next(row for row in rows_in(page) if f"<b>{name}</b>" in row)


def id_in(row: str) -> str:
    found = re.search(r'id="pick-([^"]+)"', row)
    assert found
    return found[1]


def words_in(row: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", row.split(">", 1)[1])).split())


def headings(page: str) -> list[str]:
    return re.findall(r'role="group" aria-label="([^"]+)"><div', page)


def test_ids_of_one_name_are_one_row_with_all_their_modes(own: Any, shown: Any) -> None:
    ids = [own(label="Twin", capabilities=caps) for caps in (WORDS, FRAME)]
    (row,) = rows_in(shown())
    assert id_in(row) == str(ids[0].pk) and "words · first frame" in row
    assert all(str(model.pk) in row for model in ids)


def test_the_row_offers_the_id_that_takes_what_stands_there(own: Any, shown: Any, project: Any) -> None:
    _words, frame = (own(label="Twin", capabilities=caps) for caps in (WORDS, FRAME))
    (row,) = rows_in(shown(first_frame=str(make_asset(project=project).pk)))
    assert id_in(row) == str(frame.pk) and "why" not in row


def test_a_model_without_a_place_for_the_input_says_so_and_can_be_chosen(
    own: Any, shown: Any, project: Any
) -> None:
    own(label="Wordy", capabilities=WORDS)
    (row,) = rows_in(shown(first_frame=str(make_asset(project=project).pk)))
    assert "Takes no first frame" in words_in(row) and "aria-disabled" not in row


def test_a_model_that_needs_a_frame_says_so(own: Any, shown: Any) -> None:
    own(label="Framed", capabilities=FRAME)
    assert "Needs a first frame" in words_in(row_of(shown(), "Framed"))


def test_too_many_references_are_told_by_number(own: Any, shown: Any, project: Any) -> None:
    inputs = {"reference_image": {"max_count": 2}}
    own(label="Few", capabilities={**CAPABILITIES, "modes": ["reference_to_video"], "inputs": inputs})
    pictures = [str(make_asset(project=project).pk) for _ in range(3)]
    assert "Reference: 2 at most" in words_in(row_of(shown(reference_image=pictures), "Few"))


def test_files_that_cannot_get_there_are_told(own: Any, shown: Any, project: Any) -> None:
    caps = {**CAPABILITIES, "inputs": {"first_frame": {"travel": ["public_url"]}}}
    own(label="Far", capabilities=caps)
    page = shown(first_frame=str(make_asset(project=project).pk))
    assert "Needs a public address" in words_in(row_of(page, "Far"))
    assert "image_to_video@" in row_of(page, "Far")


def test_an_account_that_cannot_be_used_says_why_and_stands_last(own: Any, shown: Any, account: Any) -> None:
    own(label="Resting", family="A")
    make_model(account=make_account(base_url=CLOSED_PORT, name="Zebra"), label="Ready")
    account.paused_until, account.pause_reason = timezone.now() + timedelta(hours=1), "Key refused."
    account.save()
    page = shown()
    assert "aria-disabled" in row_of(page, "Resting") and "aria-disabled" not in row_of(page, "Ready")
    assert page.index("Ready") < page.index("Resting") and '<span class="note">Key refused.</span>' in page


@pytest.mark.parametrize(("resolution", "told"), [("720p", "$0.10/s"), ("1080p", "$0.225/s")])
def test_the_price_is_that_of_the_present_settings(own: Any, shown: Any, resolution: str, told: str) -> None:
    rates = [{"usd": "0.10", "resolution": "720p"}, {"usd": "0.225", "resolution": "1080p"}]
    own(label="Priced", price_rule={"per": "second", "rates": rates})
    row = row_of(shown(resolution=resolution, duration_s="10"), "Priced")
    assert told in row and "estimated" in row and f"10 s · {resolution}" in row


def test_a_price_that_nobody_knows_is_not_nothing(own: Any, shown: Any) -> None:
    own(label="Priceless", price_rule={})
    row = words_in(row_of(shown(), "Priceless"))
    assert "price unknown" in row and "$" not in row


def test_a_sandbox_charges_nothing_and_says_so(own: Any, shown: Any, account: Any) -> None:
    own(label="Toy")
    account.sandbox = True
    account.save()
    row = words_in(row_of(shown(), "Toy"))
    assert "sandbox" in row and "$0.15/s not charged" in row


def test_typical_time_comes_from_our_own_takes(own: Any, shown: Any) -> None:
    known, _unknown = own(label="Known"), own(label="Unknown")
    for _ in range(5):
        begin = timezone.now() - timedelta(seconds=80)
        make_take_row(model=known, status="completed", accepted_at=begin, hold=False)
    page = shown()
    assert "about 1 min 20 s" in row_of(page, "Known") and "no history yet" in row_of(page, "Unknown")


def test_a_model_that_ends_says_when(own: Any, shown: Any) -> None:
    own(label="Leaving", deprecation={"removesAt": "2027-01-31T00:00:00Z"})
    assert "until 2027-01-31" in words_in(row_of(shown(), "Leaving"))


def test_a_beta_and_where_it_is_not_offered_are_said(own: Any, shown: Any) -> None:
    everywhere = [f"{first}{second}" for first in "AB" for second in "ABCDEF"]
    own(label="Fresh", capabilities={**CAPABILITIES, "beta": "open", "closed_in": ["CN", "RU"]})
    own(label="Shut", capabilities={**CAPABILITIES, "beta": "accounts", "closed_in": everywhere})
    fresh, shut = (words_in(row_of(shown(), label)) for label in ("Fresh", "Shut"))
    assert " beta words" in fresh and "Not offered in CN, RU" in fresh
    assert "beta accounts only" in shut and "AF, BA, BB and 4 more countries" in shut


def test_a_name_of_several_ids_is_a_beta_only_if_all_are(own: Any, shown: Any) -> None:
    own(label="Twin", capabilities={**WORDS, "beta": "open", "closed_in": ["CN", "RU"]})
    own(label="Twin", capabilities={**FRAME, "closed_in": ["RU"]})
    row = words_in(row_of(shown(), "Twin"))
    assert "beta" not in row and "Not offered in RU" in row and "CN" not in row


def test_how_private_a_model_is_stands_there_as_private_as_its_least_private_id(own: Any, shown: Any) -> None:
    told = {"Kept": ["private", "private"], "Half": ["private", "anonymized"], "Untold": ["private", ""]}
    for label, words in told.items():
        for base, word in zip((WORDS, FRAME), words, strict=True):
            own(label=label, capabilities={**base, "privacy": word})
    page = shown()
    kept, half, untold = (row_of(page, label) for label in told)
    assert ">private<" in kept and "the gateway keeps neither words nor files" in kept
    assert ">anonymized<" in half and "is not told who asks" in half and ">private<" not in half
    assert not {"private", "anonymized"} & set(words_in(untold).split())


def test_favourites_then_the_last_used_then_the_others_each_once(
    own: Any, shown: Any, bob: Any, project: Any
) -> None:
    loved, used, other = (own(label=label, family="F") for label in ("Loved", "Used", "Other"))
    for model in (loved, used):
        make_take_row(model=model, author=bob, project=project, hold=False)
    make_take_row(model=other, project=project, hold=False)  # alice's
    favourites.mark(bob, loved, on=True)
    page = shown()
    assert headings(page) == ["Favourites", "Recently used", "House account · F"]
    names = [re.findall(r"<b>([^<]+)</b>", row)[0] for row in rows_in(page)]
    assert names == ["Loved", "Used", "Other"] and "starred" in rows_in(page)[0].split(">")[0]


def test_the_chosen_model_is_marked_and_in_sight(own: Any, shown: Any) -> None:
    for number in range(9):
        own(label=f"Number {number}")
    chosen = own(label="Zuletzt")
    page = shown(model=str(chosen.pk))
    assert headings(page)[0] == "Recently used" and 'aria-selected="true"' in rows_in(page)[0]
    assert "Zuletzt" in rows_in(page)[0] and page.count('aria-selected="true"') == 1


def test_a_name_is_text_and_never_markup(own: Any, shown: Any) -> None:
    own(label='<script>"x"', family="<b>", wire_id="odd")
    assert "<script>" not in shown()


def test_a_mark_is_kept_for_its_person_and_goes_from_every_id(own: Any, signed_in: Any, bob: Any) -> None:
    twins = [own(label="Twin", capabilities=caps) for caps in (WORDS, FRAME)]
    client = signed_in(bob)
    for _twice in range(2):
        for model in twins:
            assert client.post(f"/models/{model.pk}/favourite", {"on": "1"}).status_code == 204
    assert favourites.marked(bob) == {model.pk for model in twins}
    assert client.post(f"/models/{twins[0].pk}/favourite").status_code == 204
    assert not FavouriteModel.objects.exists()


def test_a_retired_model_cannot_be_marked(own: Any, signed_in: Any, bob: Any) -> None:
    gone = own(retired_at=timezone.now())
    assert signed_in(bob).post(f"/models/{gone.pk}/favourite", {"on": "1"}).status_code == 404


@pytest.mark.parametrize("models", [1, 300])
def test_the_list_asks_the_database_as_often_for_one_model_as_for_300(
    own: Any, shown: Any, project: Any, django_assert_num_queries: Any, models: int
) -> None:
    for number in range(models):
        own(label=f"Model {number}", family=f"Family {number % 20}")
    frame = str(make_asset(project=project).pk)
    shown(first_frame=frame)
    cache.clear()
    # session, person, project, models, inputs, typical times, favourites, last takes
    with django_assert_num_queries(9):
        page = shown(first_frame=frame)
    assert len(rows_in(page)) == models


def test_two_models_side_by_side(own: Any, signed_in: Any, bob: Any, project: Any) -> None:
    left = own(
        label="Left", capabilities={**CAPABILITIES, "durations_s": [4, 5, 6, 10], "privacy": "private"}
    )
    right = own(label="Right", capabilities={**WORDS, "audio": "fixed"})
    address, ids = f"/p/{project.slug}/models/compare", [str(right.pk), str(left.pk)]
    reply = signed_in(bob).post(address, {"compare": ids})
    page = " ".join(re.sub(r"<[^>]+>", " ", reply.content.decode()).split())
    assert reply.status_code == 200 and page.index("Right") < page.index("Left")
    for told in (
        "4–6, 10 s",
        "always",
        "720p, 1080p",
        "First frame: jpeg png webp",
        "$0.15/s",
        "House account",
        "Private: the gateway keeps neither words nor files",
    ):
        assert told in page
    assert reply.content.decode().count("data-use=") == 2


def test_one_model_alone_is_no_comparison_and_five_are_four(
    own: Any, signed_in: Any, bob: Any, project: Any
) -> None:
    client, address = signed_in(bob), f"/p/{project.slug}/models/compare"
    models = [own(label=f"Number {number}") for number in range(5)]
    twice = [str(models[0].pk)] * 2
    assert client.post(address, {"compare": [*twice, "no-id"]}).status_code == 422
    five = client.post(address, {"compare": [str(model.pk) for model in models]})
    assert five.content.decode().count("data-use=") == 4
