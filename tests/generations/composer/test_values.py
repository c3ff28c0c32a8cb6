"""Values that another model lacks are set aside; prices, drafts and what a model does not offer."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from generations.models import Generation
from providers.models import Quota, VideoModel
from tests.factories import (
    CAPABILITIES,
    CLOSED_PORT,
    make_account,
    make_asset,
    make_model,
    make_quota,
    make_take_row,
)

pytestmark = pytest.mark.django_db


# --- chips: another model -------------------------------------------------------------------------


def test_values_come_back_when_the_model_does(send: Any, model: Any):
    short = make_model(
        account=model.account, capabilities={**CAPABILITIES, "durations_s": [5], "seed": False}
    )
    page = send("composer", model=str(short.pk), duration_s="10", seed="7").content.decode()
    assert "Length 10 s" in page and "Seed 7" in page
    aside = json.dumps({"duration_s": [10.0, 5.0], "seed": [7, None]})
    back = send("composer", duration_s="5", seed=None, aside=aside).content.decode()
    assert '<option value="10" selected>' in back and 'name="seed" value="7"' in back


def test_a_length_may_be_left_to_the_model(send: Any, model: Any):
    free = make_model(account=model.account, capabilities={**CAPABILITIES, "durations_s": [5, -1]})
    page = send("composer", model=str(free.pk), duration_s="-1").content.decode()
    assert '<option value="-1" selected>Auto</option>' in page
    assert send(model=str(free.pk), duration_s="-1", shown_usd="unknown").status_code == 200
    assert Generation.objects.get().request["duration_s"] == -1
    feed = send("composer", model=str(model.pk), duration_s="-1").content.decode()
    assert "Length Auto" in feed  # set aside for a model that takes it


def test_what_the_catalogue_notes_of_a_resolution_stands_beside_it(send: Any, model: Any):
    large = {"value": "4k", "wire": "4k", "note": "10-bit HEVC"}
    caps = {**CAPABILITIES, "resolutions": ["480p", large], "left_to_gateway": {"resolution": "480p"}}
    noted = make_model(account=model.account, capabilities=caps)
    page = send("composer", model=str(noted.pk), resolution="4k").content.decode()
    assert '<option value="4k" selected>4k · 10-bit HEVC</option>' in page
    assert '<option value="480p">480p</option>' in page


def test_a_value_chosen_meanwhile_stands(send: Any):
    back = send("composer", duration_s="5", aside=json.dumps({"duration_s": [10.0, 4.0]})).content.decode()
    assert '<option value="5" selected>' in back


@pytest.mark.parametrize(
    "aside", ["[]", "{", '{"seed": 5}', '{"model": ["x", "y"]}', '{"seed": [[], {}]}', "null"]
)
def test_nonsense_set_aside_is_forgotten(send: Any, aside: str):
    assert send("composer", aside=aside).status_code == 200


def test_a_frame_on_a_model_for_words_brings_the_id_for_frames_or_offers_another_model(
    send: Any, project: Any
):
    account = make_account("venice", base_url="http://127.0.0.1:9/v1")
    words = make_model(
        account=account, label="Flux", capabilities={**CAPABILITIES, "modes": ["text_to_video"], "inputs": {}}
    )
    frame = make_model(
        account=account, label="Flux", capabilities={**CAPABILITIES, "modes": ["image_to_video"]}
    )
    asset = make_asset(project=project)
    page = send("composer", model=str(words.pk), first_frame=str(asset.pk)).content.decode()
    assert "works from words alone" not in page and f'value="{frame.pk}" selected' in page
    frame.label, frame.family, words.family = "Brook Frame", "Brook", "Brook"
    frame.save(), words.save()
    page = send("composer", model=str(words.pk), first_frame=str(asset.pk)).content.decode()
    assert "works from words alone" in page and f'name="use_model" value="{frame.pk}"' in page
    page = send(
        "composer", model=str(words.pk), first_frame=str(asset.pk), use_model=str(frame.pk)
    ).content.decode()
    assert "works from words alone" not in page and f'value="{frame.pk}" selected' in page


def test_more_fields_only_where_the_model_takes_them(send: Any, model: Any):
    bare = make_model(account=model.account, capabilities={"modes": ["text_to_video"], "durations_s": [5]})
    page = send("composer", model=str(bare.pk)).content.decode()
    for name in ("negative_prompt", "seed", "resolution", "aspect_ratio", "generate_audio", "last_frame"):
        assert f'name="{name}"' not in page


# --- price, draft, upload -------------------------------------------------------------------------


def test_a_model_without_length_size_and_sound_offers_none(send: Any, project: Any, signed_in: Any, bob: Any):
    account = make_account("siliconflow", base_url=CLOSED_PORT)
    chosen = VideoModel.objects.get(account=account, wire_id="Wan-AI/Wan2.2-T2V-A14B")
    bare = {"model": str(chosen.pk), "duration_s": None, "resolution": None}
    page = send("composer", **bare).content.decode()
    assert 'name="aspect_ratio"' in page and 'name="negative_prompt"' in page and "0.29" in page
    for name in ("duration_s", "resolution", "generate_audio"):
        assert f'name="{name}"' not in page, name
    assert send(**bare, negative_prompt="people").status_code == 200
    take = Generation.objects.get()
    assert (take.held_usd, take.request["aspect_ratio"]) == (Decimal("0.29"), "16:9")
    assert not {"duration_s", "resolution", "generate_audio"} & set(take.request)
    for address in (f"/t/{take.pk}", f"/p/{project.slug}/", f"/p/{project.slug}/gallery"):
        assert signed_in(bob).get(address).status_code == 200, address


def test_the_price_is_for_all_takes(send: Any):
    told = send("composer/price", count="4", prompt="").json()
    assert told["amount"] == "$3.00" and told["basis"] == "Estimated · $0.75 each"
    assert Decimal(told["shown"]) == 3


def test_the_sandbox_says_what_one_and_all_would_cost(send: Any, model: Any):
    type(model.account).objects.update(sandbox=True)
    one, two = send("composer/price").json(), send("composer/price", count="2").json()
    assert one["words"] == "Would be $0.75 at the gateway." and one["amount"].startswith("$0.00")
    assert two["words"] == "Would be $0.75 each, $1.50 in all at the gateway."


def test_an_unknown_price_is_never_nothing(send: Any, model: Any):
    model.price_rule = {}
    model.save()
    told = send("composer/price").json()
    assert told["amount"] is None and told["basis"] == "Unknown" and told["shown"] == "unknown"


def test_what_is_left_of_a_money_limit(send: Any):
    make_quota("5.00", measure=Quota.Measure.MONEY)
    assert send("composer/price").json()["left"] == "$5.00 left"


def test_the_draft_is_kept_and_found_again(send: Any, signed_in: Any, bob: Any, project: Any):
    assert send("composer/draft", prompt="Half a thought", seed="12").status_code == 200
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert ">Half a thought</textarea>" in page and 'name="seed" value="12"' in page


def test_a_take_to_edit_fills_the_composer(signed_in: Any, bob: Any, project: Any, model: Any):
    take = make_take_row(project=project, model=model, status="failed", prompt="Once more")
    client = signed_in(bob)
    assert client.post(f"/t/{take.pk}/edit").status_code == 302
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert ">Once more</textarea>" in page and f'name="parent" value="{take.pk}"' in page


def test_a_limit_without_room_is_said_beside_the_price(send: Any):
    make_quota("1", measure=Quota.Measure.COUNT)
    free = send("composer/price", count="1").json()
    assert (free["why"], free["closed"]) == ("", False)
    told = send("composer/price", count="2").json()
    assert told["closed"] and "0 used; it does not begin anew" in told["why"]
    assert told["amount"] == "$1.50" and "The limit of the whole studio is 1 take" in told["why"]
    Quota.objects.all().delete()
    make_quota("1.00", measure=Quota.Measure.MONEY)
    assert "$1.50 was asked for" in send("composer/price", count="2").json()["why"]


def test_a_request_without_a_price_says_why(send: Any, project: Any, model: Any):
    model.capabilities = {**CAPABILITIES, "max_body_bytes": 700_000}
    model.save()
    asset = make_asset(project=project, size_bytes=3_000_000)
    told = send("composer/price", first_frame=str(asset.pk)).json()
    assert told["amount"] == "" and told["basis"] == "No price yet"
    assert told["why"].startswith("First frame: 3.0 MB of inputs")


def test_a_sandbox_keeps_its_price_and_says_what_will_be_refused(
    send: Any, project: Any, model: Any, settings: Any
):
    settings.PUBLIC_URL_IS_LOOPBACK = False  # then the sandbox fetches nothing from here
    model.capabilities = {**CAPABILITIES, "max_body_bytes": 700_000}
    model.save()
    model.account.sandbox = True
    model.account.save()
    asset = make_asset(project=project, size_bytes=3_000_000)
    told = send("composer/price", first_frame=str(asset.pk)).json()
    assert told["amount"].startswith("$0.00") and "First frame" in told["why"]
