"""The composer: what it makes, refuses, keeps and sets aside."""

from __future__ import annotations

import json
import re
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generations.models import Asset, Draft, Generation, Role
from providers.models import Quota, VideoModel
from tests.factories import (
    CAPABILITIES,
    CLOSED_PORT,
    add_member,
    make_account,
    make_asset,
    make_model,
    make_quota,
    make_take_row,
)
from tests.media_files import make_image, make_mp4

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def model() -> Any:
    return make_model()


@pytest.fixture
def send(signed_in: Any, bob: Any, project: Any, model: Any) -> Any:
    client = signed_in(bob)

    def post(name: str = "generate", headers: Any = HTMX, **values: Any) -> Any:
        body = {"prompt": "A quiet harbour", "model": str(model.pk), "duration_s": "5", "resolution": "720p"}
        body |= {
            "aspect_ratio": "16:9",
            "count": "1",
            "shown_usd": "100",
            "idempotency_key": uuid4().hex,
            **values,
        }
        body = {key: value for key, value in body.items() if value is not None}
        return client.post(f"/p/{project.slug}/{name}", body, headers=headers)

    return post


def test_generate_makes_the_takes_and_a_composer_with_a_fresh_key(send: Any, project: Any):
    reply = send(count="3", idempotency_key="one")
    page = reply.content.decode()
    assert reply.status_code == 200 and "live:refresh" in reply["HX-Trigger-After-Settle"]
    assert Generation.objects.filter(project=project).count() == 3
    assert ">A quiet harbour</textarea>" in page and 'name="idempotency_key" value="one"' not in page


def test_without_scripts_it_goes_back_to_the_page(send: Any, project: Any):
    reply = send(headers={})
    assert reply.status_code == 302 and reply.url == f"/p/{project.slug}/"


def test_the_same_form_twice_makes_one_set(send: Any):
    assert send(idempotency_key="k", count="2").status_code == 200
    assert send(idempotency_key="k", count="2").status_code == 200
    assert Generation.objects.count() == 2


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_form_without_its_key_makes_nothing(send: Any, key: str | None):
    for _click in range(2):
        reply = send(idempotency_key=key)
        assert reply.status_code == 422 and "made nothing" in reply.content.decode()
    assert not Generation.objects.exists()
    assert re.search(r'name="idempotency_key" value="[0-9a-f]{32}"', reply.content.decode())


def test_an_old_form_with_other_words_is_refused(send: Any):
    send(idempotency_key="k")
    assert send(idempotency_key="k", prompt="Other words").status_code == 422
    assert Generation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_set(signed_in: Any, bob: Any, project: Any, model: Any):
    from django.db import connection

    clients, codes = [signed_in(bob), signed_in(bob)], []
    body = {
        "prompt": "A harbour",
        "model": str(model.pk),
        "count": "2",
        "shown_usd": "100",
        "idempotency_key": "k",
    }

    def click(client: Any) -> None:
        codes.append(client.post(f"/p/{project.slug}/generate", body, headers=HTMX).status_code)
        connection.close()

    threads = [threading.Thread(target=click, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200, 200] and Generation.objects.count() == 2


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"prompt": "   "}, "Write what the clip should show."),
        ({"prompt": "x" * 3000}, "3,000 characters; this model takes 2,500."),
        ({"duration_s": "7"}, "7 is not offered; choose 5, 10."),
        ({"duration_s": "soon"}, "soon is not offered; choose 5, 10."),
        ({"duration_s": "nan"}, "choose 5, 10."),
        ({"resolution": "8k"}, "8k is not offered; choose 720p, 1080p."),
        ({"aspect_ratio": "2:1"}, "2:1 is not offered; choose 16:9, 9:16."),
        ({"seed": "-1"}, "A seed is a whole number from 0 to"),
        ({"seed": "lucky"}, "A seed is a whole number"),
        ({"count": "9"}, "Choose 1 to 8 takes."),
        ({"count": "0"}, "Choose 1 to 8 takes."),
        ({"model": str(uuid4())}, "The chosen model is no longer offered"),
        ({"first_frame": str(uuid4())}, "This file is not in the project any more."),
    ],
)
def test_what_cannot_be_made_is_named_and_nothing_typed_is_lost(send: Any, values: Any, said: str):
    reply = send(**values)
    page = reply.content.decode()
    assert reply.status_code == 422 and said in page
    assert values.get("prompt", "A quiet harbour") + "</textarea>" in page
    assert Generation.objects.count() == 0


def test_a_value_the_model_lacks_is_set_aside_not_lost(send: Any):
    page = send(duration_s="7", resolution=None).content.decode()
    assert "Length 7 s" in page


def test_a_higher_price_is_shown_and_asks_for_another_click(send: Any):
    reply = send(shown_usd="0.10", count="2")
    page = reply.content.decode()
    assert reply.status_code == 422 and "The price has changed" in page and "$1.50" in page
    assert 'name="shown_usd" value="1.50"' in page and Generation.objects.count() == 0
    assert send(shown_usd="1.50", count="2").status_code == 200


def test_a_form_that_showed_no_price_agrees_to_none(send: Any):
    assert send(shown_usd="").status_code == 422
    assert Generation.objects.count() == 0


def test_a_limit_is_named(send: Any):
    make_quota("1.00", measure=Quota.Measure.MONEY)
    reply = send(count="2")
    assert reply.status_code == 422 and "The limit of the whole studio" in reply.content.decode()
    assert Generation.objects.count() == 0


def test_an_account_that_is_paused_says_why(send: Any, model: Any):
    model.account.sealed_key = ""
    model.account.save()
    assert "This account has no key." in send().content.decode()
    assert Generation.objects.count() == 0


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
@pytest.mark.parametrize("name", ["generate", "composer", "composer/price", "composer/draft", "upload"])
def test_a_member_who_may_not_compose_is_refused(
    signed_in: Any, make_person: Any, project: Any, model: Any, role: str, name: str
):
    person = make_person("looker")
    add_member(project, person, role)
    body = {"prompt": "A boat", "model": str(model.pk), "shown_usd": "9"}
    assert signed_in(person).post(f"/p/{project.slug}/{name}", body).status_code == 403
    assert Generation.objects.count() == 0 and Draft.objects.count() == 0


@pytest.mark.parametrize("name", ["generate", "composer", "composer/price", "composer/draft", "upload"])
def test_strangers_get_404_and_get_is_not_allowed(
    signed_in: Any, charlie: Any, bob: Any, project: Any, name: str
):
    assert signed_in(charlie).post(f"/p/{project.slug}/{name}", {}).status_code == 404
    assert signed_in(bob).get(f"/p/{project.slug}/{name}").status_code == 405


def test_an_archived_project_takes_nothing_new(send: Any, project: Any):
    from django.utils import timezone

    project.archived_at = timezone.now()
    project.save()
    assert send().status_code == 404


def test_a_foreign_file_is_not_taken(send: Any):
    foreign = make_asset()
    assert send(first_frame=str(foreign.pk)).status_code == 422


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


def test_a_value_chosen_meanwhile_stands(send: Any):
    back = send("composer", duration_s="5", aside=json.dumps({"duration_s": [10.0, 4.0]})).content.decode()
    assert '<option value="5" selected>' in back


@pytest.mark.parametrize(
    "aside", ["[]", "{", '{"seed": 5}', '{"model": ["x", "y"]}', '{"seed": [[], {}]}', "null"]
)
def test_nonsense_set_aside_is_forgotten(send: Any, aside: str):
    assert send("composer", aside=aside).status_code == 200


def test_a_frame_on_a_model_for_words_offers_its_sibling(send: Any, project: Any):
    account = make_account("venice", base_url="http://127.0.0.1:9/v1")
    words = make_model(
        account=account, label="Flux", capabilities={**CAPABILITIES, "modes": ["text_to_video"], "inputs": {}}
    )
    frame = make_model(
        account=account, label="Flux", capabilities={**CAPABILITIES, "modes": ["image_to_video"]}
    )
    asset = make_asset(project=project)
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
    assert told["amount"] == "$3.00" and told["basis"] == "Estimated" and Decimal(told["shown"]) == 3


def test_an_unknown_price_is_never_nothing(send: Any, model: Any):
    model.price_rule = {}
    model.save()
    told = send("composer/price").json()
    assert told["amount"] is None and told["basis"] == "Unknown" and told["shown"] == "unknown"


def test_what_is_left_of_a_money_limit(send: Any):
    make_quota("5.00", measure=Quota.Measure.MONEY)
    assert send("composer/price").json()["left"] == "$5.00 left"


def test_the_draft_is_kept_and_found_again(send: Any, signed_in: Any, bob: Any, project: Any):
    assert send("composer/draft", prompt="Half a thought", seed="12").status_code == 204
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert ">Half a thought</textarea>" in page and 'name="seed" value="12"' in page


def test_a_take_to_edit_fills_the_composer(signed_in: Any, bob: Any, project: Any, model: Any):
    take = make_take_row(project=project, model=model, status="failed", prompt="Once more")
    client = signed_in(bob)
    assert client.post(f"/t/{take.pk}/edit").status_code == 302
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert ">Once more</textarea>" in page and f'name="parent" value="{take.pk}"' in page


def test_an_upload_becomes_an_asset_with_its_light(send: Any, tmp_path: Path):
    picture = make_image(tmp_path / "still.png")
    file = SimpleUploadedFile("still.png", Path(picture).read_bytes(), "image/png")
    told = send("upload", file=file, slot="first_frame").json()
    asset = Asset.objects.get(pk=told["id"])
    assert asset.name == "still.png" and told["light"] == "fits" and told["thumb_url"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.png", b"not a picture"), ("a.svg", b"<svg/>"), ("a.png", b"")]
)
def test_a_bad_file_is_refused_in_words(send: Any, name: str, content: bytes):
    reply = send("upload", file=SimpleUploadedFile(name, content), slot="first_frame")
    assert reply.status_code == 422 and reply.json()["error"]
    assert Asset.objects.count() == 0


def test_a_picture_too_large_offers_a_smaller_copy(send: Any, project: Any, model: Any):
    model.capabilities = {**CAPABILITIES, "max_body_bytes": 700_000}
    model.save()
    asset = make_asset(project=project, size_bytes=3_000_000)
    page = send("composer", first_frame=str(asset.pk)).content.decode()
    assert "3.0 MB" in page and f"/a/{asset.pk}/smaller" in page


def test_without_scripts_a_file_comes_along_with_the_form(send: Any, project: Any, tmp_path: Path):
    content = Path(make_image(tmp_path / "still.png", (640, 360))).read_bytes()
    for _click in range(2):  # the same bytes are the same file, so the second sending makes nothing more
        file = SimpleUploadedFile("still.png", content, "image/png")
        assert send(headers={}, first_frame_file=file, idempotency_key="k").status_code == 302
    take = Generation.objects.get()
    assert take.mode == "image_to_video" and take.inputs.get().asset == project.assets.get()


def test_with_scripts_a_file_does_not_come_along_again(send: Any, referring: Any, tmp_path: Path):
    content = Path(make_image(tmp_path / "still.png")).read_bytes()
    file = SimpleUploadedFile("still.png", content, "image/png")
    assert slots_in(send("composer", reference_image_file=file).content.decode()) == [""]
    assert not Asset.objects.exists()


def test_without_scripts_a_bad_file_makes_nothing_and_says_why(send: Any):
    file = SimpleUploadedFile("notes.png", b"not a picture")
    reply = send(headers={}, first_frame_file=file)
    assert reply.status_code == 422 and "First frame, notes.png:" in reply.content.decode()
    assert not Generation.objects.exists() and not Asset.objects.exists()


def test_without_scripts_references_keep_their_order(send: Any, model: Any, tmp_path: Path):
    model.capabilities = REFERENCES
    model.save()
    files = [make_image(tmp_path / f"{side}.png", (side, 300)) for side in (400, 500)]
    uploads = [SimpleUploadedFile(path.name, path.read_bytes(), "image/png") for path in files]
    assert send(headers={}, reference_image_file=uploads).status_code == 302
    names = [use.asset.name for use in Generation.objects.get().inputs.order_by("position")]
    assert names == ["400.png", "500.png"]


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


# --- references -----------------------------------------------------------------------------------

REFERENCES: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["text_to_video", "image_to_video", "reference_to_video"],
    "inputs": {"first_frame": {"max_count": 1}, "reference_image": {"max_count": 3}},
    "exclusive": [["first_frame", "reference_image"]],
}


@pytest.fixture
def referring(model: Any) -> Any:
    model.capabilities = REFERENCES
    model.save()
    return model


@pytest.fixture
def pictures(project: Any) -> list[str]:
    return [str(make_asset(project=project, name=f"{name}.png").pk) for name in ("cat", "hat", "mat", "bat")]


def slots_in(page: str, name: str = "reference_image") -> list[str]:
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)


def test_two_references_make_a_take_in_their_order(send: Any, referring: Any, pictures: list[str]):
    first, second = pictures[1], pictures[0]
    assert send(reference_image=[first, second]).status_code == 200
    take = Generation.objects.get()
    assert take.mode == "reference_to_video"
    assert [(use.role, str(use.asset_id)) for use in take.inputs.all()] == [
        ("reference_image", first),
        ("reference_image", second),
    ]


def test_there_is_one_open_slot_until_there_are_enough(send: Any, referring: Any, pictures: list[str]):
    assert slots_in(send("composer").content.decode()) == [""]
    page = send("composer", reference_image=pictures[:2]).content.decode()
    assert slots_in(page) == [*pictures[:2], ""] and "Reference 2" in page
    assert slots_in(send("composer", reference_image=pictures[:3]).content.decode()) == pictures[:3]


def test_one_too_many_says_so_at_its_slot(send: Any, referring: Any, pictures: list[str]):
    page = send("composer", reference_image=pictures).content.decode()
    assert slots_in(page) == pictures and page.count(">3 at most<") == 1
    reply = send(reference_image=pictures)
    assert reply.status_code == 422 and "4 given; this model takes 3." in reply.content.decode()


def test_a_frame_beside_references_is_refused_in_words(send: Any, referring: Any, pictures: list[str]):
    body = {"first_frame": pictures[0], "reference_image": pictures[1:3]}
    page = send("composer", **body).content.decode()
    assert page.count(">Not together with a frame<") == 2
    reply = send(**body)
    words = (
        "Reference: Choose between first frame and reference image: this model does not take them together."
    )
    assert reply.status_code == 422 and words in reply.content.decode()
    assert slots_in(reply.content.decode()) == [*pictures[1:3], ""] and not Generation.objects.exists()


def test_references_wait_for_a_model_that_takes_them(send: Any, referring: Any, pictures: list[str]):
    plain = make_model(account=referring.account)
    page = send("composer", model=str(plain.pk), reference_image=pictures[:2]).content.decode()
    assert not slots_in(page) and "2 references" in page
    assert slots_in(page, "reference_image_aside") == pictures[:2]
    back = send("composer", reference_image_aside=pictures[:2]).content.decode()
    assert slots_in(back) == [*pictures[:2], ""] and not slots_in(back, "reference_image_aside")


def test_what_waits_is_not_sent_but_stays(send: Any, referring: Any, pictures: list[str]):
    plain = make_model(account=referring.account)
    reply = send(model=str(plain.pk), reference_image_aside=pictures[:2])
    assert reply.status_code == 200 and not Generation.objects.get().inputs.exists()
    assert slots_in(reply.content.decode(), "reference_image_aside") == pictures[:2]


def test_references_that_no_model_was_asked_about_are_refused(send: Any, pictures: list[str]):
    reply = send(reference_image=pictures[:1])
    assert reply.status_code == 422 and not Generation.objects.exists()


def test_a_foreign_reference_is_not_taken(send: Any, referring: Any, pictures: list[str]):
    reply = send(reference_image=[pictures[0], str(make_asset().pk)])
    assert reply.status_code == 422 and "not in the project any more" in reply.content.decode()


def test_the_draft_keeps_references(
    send: Any, referring: Any, signed_in: Any, bob: Any, project: Any, pictures: list[str]
):
    send("composer/draft", reference_image=pictures[:2])
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert slots_in(page) == [*pictures[:2], ""]


def test_a_take_to_edit_brings_its_references(
    send: Any, referring: Any, signed_in: Any, bob: Any, project: Any, pictures: list[str]
):
    send(reference_image=pictures[:2])
    send("composer/draft", prompt="Something else")
    client = signed_in(bob)
    client.post(f"/t/{Generation.objects.get().pk}/edit")
    assert slots_in(client.get(f"/p/{project.slug}/").content.decode()) == [*pictures[:2], ""]


def test_an_id_of_its_own_for_references_is_one_click_away(send: Any, model: Any, pictures: list[str]):
    model.label = "Seedance"
    model.save()
    alone = {**REFERENCES, "modes": ["reference_to_video"]}
    alone["inputs"] = {"reference_image": {"max_count": 3, "min_count": 1}}
    other = make_model(account=model.account, label="Seedance", capabilities=alone)
    page = send("composer", reference_image=pictures[:1]).content.decode()
    assert slots_in(page) == [pictures[0], ""] and "Switch to its version for references" in page
    assert f'name="use_model" value="{other.pk}"' in page and "Seedance · references" in page
    page = send("composer", reference_image=pictures[:1], use_model=str(other.pk)).content.decode()
    assert f'value="{other.pk}" selected' in page and "use_model" not in page
    page = send("composer", model=str(other.pk), first_frame=pictures[0]).content.decode()
    assert "works from references and takes no frame" in page and "for a first frame" in page


def test_a_frame_put_beside_references_is_told_as_one_by_itself(send: Any, model: Any, pictures: list[str]):
    """Whether the model or the frame came last, the same sentence and the same way out."""
    alone = {**REFERENCES, "modes": ["reference_to_video"], "inputs": {"reference_image": {"max_count": 3}}}
    model.label = "Seedance"
    model.save()
    other = make_model(account=model.account, label="Seedance", capabilities=alone)
    for references in ([], pictures[1:3]):
        page = send(
            "composer", model=str(other.pk), first_frame=pictures[0], reference_image=references
        ).content.decode()
        assert "works from references and takes no frame" in page
        assert f'name="use_model" value="{model.pk}"' in page and "for a first frame" in page


def test_a_model_of_words_and_references_says_what_it_takes(send: Any, model: Any, pictures: list[str]):
    model.capabilities = {
        **REFERENCES,
        "modes": ["text_to_video", "reference_to_video"],
        "inputs": {"reference_image": {"max_count": 3}},
    }
    model.save()
    page = send("composer", first_frame=pictures[0]).content.decode()
    assert "works from words or references and takes no frame" in page


def test_an_uploaded_reference_gets_its_light(send: Any, referring: Any, tmp_path: Path):
    content = Path(make_image(tmp_path / "still.png")).read_bytes()
    file = SimpleUploadedFile("still.png", content, "image/png")
    assert send("upload", file=file, slot="reference_image").json()["light"] == "fits"
    plain, file = make_model(account=referring.account), SimpleUploadedFile("b.png", content, "image/png")
    told = send("upload", file=file, slot="reference_image", model=str(plain.pk)).json()
    assert told["light"] == "no" and told["why"] == "Not taken by this model"


def test_references_share_the_room_of_a_request(send: Any, referring: Any, project: Any):
    referring.capabilities = {**REFERENCES, "max_body_bytes": 700_000}
    referring.save()
    big = [make_asset(project=project, size_bytes=400_000) for _ in range(2)]
    page = send("composer", reference_image=[str(asset.pk) for asset in big]).content.decode()
    assert all(f"/a/{asset.pk}/smaller" in page for asset in big)


# --- clips and sounds -----------------------------------------------------------------------------

EVERYTHING: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["text_to_video", "reference_to_video", "edit", "extend", "upscale"],
    "inputs": {
        "source_video": {"mimes": ["video/mp4"]},
        "reference_video": {"mimes": ["video/mp4"], "max_count": 2},
        "reference_audio": {"mimes": ["audio/wav"], "max_count": 2},
    },
    "upscale_factors": [2, 4],
}


@pytest.fixture
def clip(project: Any) -> str:
    return str(make_asset(project=project, kind=Asset.Kind.CLIP, name="clip.mp4", mime="video/mp4").pk)


@pytest.fixture
def busy(model: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """It does more than its gateway has words for."""
    monkeypatch.setattr("generations.services.compose._inexpressible", lambda *_: [])
    model.capabilities = EVERYTHING
    model.save()
    return model


def test_a_source_clip_asks_what_to_do_with_it(send: Any, busy: Any, clip: str):
    assert 'name="mode"' not in send("composer").content.decode()
    page = send("composer", source_video=clip).content.decode()
    assert re.findall(r'<option value="(\w+)"( selected)?>(?:edit|extend|upscale)<', page) == [
        ("edit", " selected"),
        ("extend", ""),
        ("upscale", ""),
    ]
    assert 'name="upscale_factor"' not in page
    page = send("composer", source_video=clip, mode="upscale").content.decode()
    assert 'name="upscale_factor"' in page and ">4×<" in page


@pytest.mark.parametrize(("mode", "made"), [("", "edit"), ("extend", "extend"), ("nonsense", "edit")])
def test_a_source_clip_makes_a_take_of_the_chosen_mode(send: Any, busy: Any, clip: str, mode: str, made: str):
    assert send(source_video=clip, mode=mode).status_code == 200
    take = Generation.objects.get()
    assert take.mode == made and [use.role for use in take.inputs.all()] == ["source_video"]


def test_an_upscaled_clip_keeps_its_factor(send: Any, busy: Any, clip: str):
    reply = send(source_video=clip, mode="upscale", upscale_factor="4")
    assert reply.status_code == 200 and Generation.objects.get().request["upscale_factor"] == 4
    reply = send(source_video=clip, mode="upscale", upscale_factor="3")
    assert reply.status_code == 422 and "Upscale" in reply.content.decode()


def test_clips_and_sounds_are_references_in_their_order(send: Any, busy: Any, project: Any, clip: str):
    sound = str(make_asset(project=project, kind=Asset.Kind.SOUND, name="a.wav", mime="audio/wav").pk)
    page = send("composer", reference_video=[clip], reference_audio=[sound]).content.decode()
    assert "Reference clip 1" in page and slots_in(page, "reference_audio") == [sound, ""]
    assert send(reference_video=[clip], reference_audio=[sound]).status_code == 200
    uses = Generation.objects.get().inputs.order_by("position")
    assert [(use.role, str(use.asset_id)) for use in uses] == [
        ("reference_video", clip),
        ("reference_audio", sound),
    ]


def test_what_a_model_has_no_row_for_waits(send: Any, busy: Any, clip: str):
    plain = make_model(account=busy.account)
    page = send("composer", model=str(plain.pk), reference_video=[clip]).content.decode()
    assert slots_in(page, "reference_video_aside") == [clip] and "1 reference" in page
    page = send("composer", model=str(plain.pk), source_video=clip).content.decode()
    assert slots_in(page, "source_video_aside") == [clip]
    reply = send(model=str(plain.pk), source_video=clip)
    assert reply.status_code == 422 and "takes no source clip" in reply.content.decode()


def test_the_number_of_source_clips_says_what_is_done_first(send: Any, busy: Any, project: Any, clip: str):
    counts = {"video_to_video": [2, 3], "edit": [1, 1]}
    inputs = {"source_video": {"mimes": ["video/mp4"], "max_count": 3, "counts": counts}}
    busy.capabilities = {**EVERYTHING, "modes": ["video_to_video", "edit"], "inputs": inputs}
    busy.save()
    other = str(make_asset(project=project, kind=Asset.Kind.CLIP, name="b.mp4", mime="video/mp4").pk)
    assert send(source_video=[clip]).status_code == send(source_video=[other, clip]).status_code == 200
    joined, edited = Generation.objects.order_by("-id")
    assert (edited.mode, joined.mode) == ("edit", "video_to_video")
    assert [str(use.asset_id) for use in joined.inputs.order_by("position")] == [other, clip]


def test_a_slot_takes_its_kind_of_file(send: Any, busy: Any, tmp_path: Path):
    picture = make_image(tmp_path / "a.png", (400, 300), format="PNG").read_bytes()
    reply = send("upload", slot="source_video", file=SimpleUploadedFile("a.png", picture))
    assert reply.status_code == 422 and "Only clips" in reply.json()["error"]
    clip = make_mp4(tmp_path / "a.mp4").read_bytes()
    reply = send("upload", slot="source_video", file=SimpleUploadedFile("a.mp4", clip))
    assert reply.status_code == 200 and reply.json()["light"] == "fits"
    reply = send("upload", slot="first_frame", file=SimpleUploadedFile("a.mp4", clip))
    assert reply.status_code == 422 and "Only pictures" in reply.json()["error"]
