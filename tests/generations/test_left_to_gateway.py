"""What a person leaves to the gateway: by form and API alike, kept, shown, and never priced too low."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from generations.models import Generation
from generations.services.compose import Refused, Wish, compose, wish_of
from generations.telling import recipe
from providers.catalogue import load
from providers.gateways.capabilities import from_plain, to_plain
from providers.gateways.values import Mode, VideoRequest
from providers.readings import readings
from tests.factories import CAPABILITIES, make_account, make_model, make_take, make_token, model_of

pytestmark = pytest.mark.django_db
SIZED = {"per": "second", "rates": [{"usd": "0.10", "resolution": "720p"}, {"usd": "0.30"}]}


def open_model(told: str = "720p", **more: Any) -> Any:
    """A model that makes ``told`` where no resolution is named, at 10 cents a second; 1080p costs 30."""
    caps = {**CAPABILITIES, "left_to_gateway": {"resolution": told}, **more}
    return make_model(capabilities=caps, price_rule=SIZED)


def price_of(person: Any, project: Any, model: Any, **values: Any) -> Any:
    return make_take(person, project, model, **values).held_usd


# -- the request ---------------------------------------------------------------------------------------


def test_left_out_is_the_studios_choice_and_null_the_gateways(alice: Any, project: Any) -> None:
    model, other = open_model(), make_model()
    asked = [Wish(model, {"prompt": "A boat"}), Wish(model, {"prompt": "A boat", "resolution": None})]
    made = [compose(alice, project, wish) for wish in asked]
    assert [item.request.resolution for item in made] == ["720p", None]
    assert [item.plain().get("resolution", "none") for item in made] == ["720p", None]
    firm = compose(alice, project, Wish(other, {"prompt": "A boat", "resolution": None}))
    assert firm.request.resolution == "720p" and "resolution" in firm.plain()


def test_a_retry_leaves_to_the_gateway_what_the_take_did(alice: Any, project: Any) -> None:
    take = make_take(alice, project, open_model(), resolution=None)
    assert take.request["resolution"] is None
    for fill_in in (True, False):
        again = compose(alice, project, wish_of(take), fill_in=fill_in)
        assert again.request.resolution is None and again.fingerprint() == take.request_sha256


def test_the_recipe_says_what_the_gateway_chose(alice: Any, project: Any) -> None:
    take = make_take(alice, project, open_model(), resolution=None)
    assert [row.shown for row in recipe.rows(take) if row.label == "Resolution"] == ["left to the gateway"]


def test_silkdock_takes_resolution_and_ratio_together_or_not_at_all(alice: Any, project: Any) -> None:
    model = model_of(make_account("silkdock"), "seedance-2.0")
    both = {"prompt": "A boat", "resolution": None, "aspect_ratio": None}
    assert compose(alice, project, Wish(model, both)).request.aspect_ratio is None
    with pytest.raises(Refused) as caught:
        compose(alice, project, Wish(model, {**both, "aspect_ratio": "16:9"}))
    assert [problem.field for problem in caught.value.problems] == ["resolution"]


def test_a_documented_default_is_one_that_the_model_has() -> None:
    for gateway in ("elkapi", "siliconflow", "silkdock", "token360", "venice"):
        for model in load(gateway):
            caps = model.capabilities
            assert from_plain(to_plain(caps)) == caps
            told = {name: value for name, value in caps.left_to_gateway.items() if value != ""}
            sizes = [choice.value for choice in caps.resolutions]
            assert told.get("resolution", sizes[0] if sizes else None) in (sizes or [None]), model.wire_id


# -- the price -----------------------------------------------------------------------------------------


def test_a_documented_default_gives_the_price(alice: Any, project: Any) -> None:
    assert price_of(alice, project, open_model("720p"), resolution=None) == Decimal("0.50")
    assert price_of(alice, project, open_model("1080p"), resolution=None) == Decimal("1.50")


def test_without_one_the_dearest_is_held(alice: Any, project: Any) -> None:
    take = make_take(alice, project, open_model(""), resolution=None)
    assert take.held_usd == Decimal("1.50")
    assert any("dearest" in line for line in take.price_detail)


def test_one_choice_without_a_price_leaves_all_unknown(alice: Any, project: Any) -> None:
    model = open_model("")
    model.price_rule = {"per": "second", "rates": [{"usd": "0.10", "resolution": "720p"}]}
    model.save()
    assert price_of(alice, project, model, resolution=None) is None
    assert price_of(alice, project, model) == Decimal("0.50")


def test_sound_left_to_the_gateway_is_reckoned_as_sound(alice: Any, project: Any) -> None:
    model = open_model(audio="optional", left_to_gateway={"generate_audio": ""})
    model.price_rule = {"per": "second", "rates": [{"usd": "0.4", "sound": True}, {"usd": "0.1"}]}
    model.save()
    assert price_of(alice, project, model, generate_audio=False) == Decimal("0.50")
    assert price_of(alice, project, model, generate_audio=None) == Decimal("2.00")


def test_elkapis_open_request_costs_what_its_page_says_is_made(alice: Any, project: Any) -> None:
    model = model_of(make_account("elkapi"), "doubao-seedance-2-0-260128")
    named = price_of(alice, project, model, resolution="720p", aspect_ratio="adaptive", duration_s=8.0)
    left = price_of(alice, project, model, resolution=None, aspect_ratio=None, duration_s=8.0)
    assert left == named and left is not None


def test_nothing_is_read_into_a_whole_request() -> None:
    caps = from_plain(open_model("").capabilities)
    whole = VideoRequest("m", Mode.TEXT_TO_VIDEO, "A boat", 5.0, resolution="720p")
    assert readings(whole, caps) == [whole]


# -- form and API --------------------------------------------------------------------------------------


@pytest.fixture
def api(client: Any, alice: Any, project: Any) -> Any:
    def post(model: Any, **values: Any) -> Any:
        body = {"project": project.slug, "model": model.wire_id, "prompt": "A boat", **values}
        headers = {"Authorization": f"Bearer {make_token(alice)}"}
        return client.post("/api/v1/generations", json.dumps(body), "application/json", headers=headers)

    return post


def test_api_null_leaves_it_to_the_gateway(api: Any) -> None:
    model = open_model()
    answer = api(model, resolution=None)
    assert answer.status_code == 202 and answer.json()["request"]["resolution"] is None
    assert api(model).json()["request"]["resolution"] == "720p"
    assert api(make_model(), resolution=None).json()["request"]["resolution"] == "720p"


@pytest.fixture
def form(signed_in: Any, bob: Any, project: Any) -> Any:
    client = signed_in(bob)

    def post(name: str, model: Any, **values: Any) -> str:
        body = {"prompt": "A boat", "model": str(model.pk), "duration_s": "5", "shown_usd": "100"}
        body |= {"idempotency_key": name + str(model.pk), **values}
        answer = client.post(f"/p/{project.slug}/{name}", body, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return str(answer.content.decode())

    return post


def test_the_chip_offers_the_gateways_default(form: Any) -> None:
    page = form("composer", open_model())
    assert '<option value="gateway">Gateway&#x27;s default (720p)</option>' in page
    assert '<option value="720p" selected>' in page  # the studio's own choice stays
    assert 'value="gateway"' not in form("composer", make_model())


def test_sound_that_may_be_left_is_a_list(form: Any) -> None:
    page = form("composer", open_model(audio="optional", left_to_gateway={"generate_audio": ""}))
    assert '<option value="true" selected>Sound on</option>' in page and "sound_offered" not in page


def test_form_and_api_make_the_same_take(form: Any, api: Any) -> None:
    model = open_model(audio="optional", left_to_gateway={"resolution": "720p", "generate_audio": ""})
    page = form("generate", model, resolution="gateway", generate_audio="gateway", aspect_ratio="16:9")
    assert page.count('value="gateway" selected') == 2  # both stay chosen for the next
    api(model, resolution=None, generate_audio=None, duration_s=5, aspect_ratio="16:9")
    first, second = Generation.objects.order_by("id")
    assert first.request == second.request and first.request["generate_audio"] is None


def test_the_draft_and_another_model_keep_to_it(form: Any, client: Any, bob: Any, project: Any) -> None:
    model = open_model()
    form("composer", model, resolution="gateway")
    client.force_login(bob)
    client.post(f"/p/{project.slug}/composer/draft", {"model": str(model.pk), "resolution": "gateway"})
    assert '<option value="gateway" selected>' in client.get(f"/p/{project.slug}/").content.decode()
    assert '<option value="720p" selected>' in form("composer", make_model(), resolution="gateway")
