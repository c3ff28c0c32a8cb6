"""Reference pictures: slots, order, lights, and models that take none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generations.forms import read_typed
from generations.models import Asset, Generation
from generations.services import remix
from generations.services.compose import compose, wish_of
from tests.factories import make_asset, make_model
from tests.generations.composer.page import REFERENCES, slots_in, waiting_in
from tests.media_files import make_image

pytestmark = pytest.mark.django_db


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
    words = "Reference: Choose between first frame and reference: this model does not take them together."
    assert reply.status_code == 422 and words in reply.content.decode()
    assert slots_in(reply.content.decode()) == [*pictures[1:3], ""] and not Generation.objects.exists()


def test_references_wait_for_a_model_that_takes_them(send: Any, referring: Any, pictures: list[str]):
    plain = make_model(account=referring.account)
    page = send("composer", model=str(plain.pk), reference_image=pictures[:2]).content.decode()
    assert not slots_in(page) and waiting_in(page) == [f"reference_image:{pk}" for pk in pictures[:2]]
    assert slots_in(page, "reference_image_aside") == pictures[:2]
    back = send("composer", reference_image_aside=pictures[:2]).content.decode()
    assert slots_in(back) == [*pictures[:2], ""] and not slots_in(back, "reference_image_aside")


def test_what_a_model_takes_fewer_of_waits_for_one_that_takes_more(
    send: Any, referring: Any, model: Any, pictures: list[str]
):
    two = {**REFERENCES, "inputs": {"reference_image": {"max_count": 2}}}
    few = make_model(account=referring.account, label="Takes two", capabilities=two)
    few_chosen = {"model": str(few.pk), "laid_for": str(model.pk)}  # whatever asks, a file that came for one
    page = send("composer", **few_chosen, reference_image=pictures).content.decode()
    assert slots_in(page, "laid_for") == [str(few.pk)]
    waiting = slots_in(page, "reference_image_aside")
    assert (slots_in(page), waiting) == (pictures[:2], pictures[2:])
    assert waiting_in(page) == [f"reference_image:{pk}" for pk in waiting]
    assert page.count("2 at most") == 2, "at each that waits, and nowhere as what is wrong"
    held = {"reference_image": pictures[:2], "reference_image_aside": waiting}
    back = send("composer", laid_for=str(few.pk), **held).content.decode()  # it takes three of the four
    assert (slots_in(back), slots_in(back, "reference_image_aside")) == (pictures[:3], pictures[3:])
    taken_out = {**held, "reference_image": pictures[:1], "model": str(few.pk), "laid_for": str(few.pk)}
    page = send("composer", **taken_out).content.decode()
    assert slots_in(page) == [pictures[0], ""], "what a person takes out is not replaced"
    assert slots_in(page, "reference_image_aside") == waiting


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


def test_an_id_of_its_own_for_references_stands_in_by_itself(send: Any, model: Any, pictures: list[str]):
    model.label = "Seedance"
    model.save()
    alone = {**REFERENCES, "modes": ["reference_to_video"]}
    alone["inputs"] = {"reference_image": {"max_count": 3, "min_count": 1}}
    other = make_model(account=model.account, label="Seedance", capabilities=alone)
    page = send("composer", reference_image=pictures[:1]).content.decode()
    assert slots_in(page) == [pictures[0], ""] and "use_model" not in page
    assert f'value="{other.pk}" selected' in page and "Seedance · references" in page
    page = send("composer", model=str(other.pk), first_frame=pictures[0]).content.decode()
    assert f'value="{model.pk}" selected' in page and "use_model" not in page
    page = send("composer", model=str(other.pk)).content.decode()
    assert f'value="{model.pk}" selected' in page, "words alone again"


def test_it_stands_in_for_what_is_sent_too(send: Any, model: Any, pictures: list[str]):
    """Without scripts the form goes out with the id that was chosen before the file was."""
    alone = {**REFERENCES, "modes": ["reference_to_video"], "inputs": {"reference_image": {"max_count": 3}}}
    other = make_model(account=model.account, label=model.label, capabilities=alone)
    assert send(model=str(model.pk), reference_image=pictures[:2]).status_code == 200
    assert Generation.objects.get().model == other


def test_a_frame_beside_references_that_no_id_takes_together_is_told_as_one_by_itself(
    send: Any, model: Any, pictures: list[str]
):
    alone = {**REFERENCES, "modes": ["reference_to_video"], "inputs": {"reference_image": {"max_count": 3}}}
    other = make_model(account=model.account, label=model.label, capabilities=alone)
    page = send(
        "composer", model=str(other.pk), first_frame=pictures[0], reference_image=pictures[1:3]
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
    assert all(f"/a/{asset.pk}/fix" in page for asset in big)


def test_a_document_has_a_slot_of_its_own_and_nothing_else_fits_there(
    send: Any, referring: Any, pictures: list[str], tmp_path: Path
):
    papers = {"max_count": 1, "mimes": ["application/pdf", "text/plain"], "max_bytes": 100_000_000}
    inputs = {**REFERENCES["inputs"], "reference_document": papers}
    referring.capabilities = {**REFERENCES, "inputs": inputs}
    referring.save()
    scene = SimpleUploadedFile("scene.md", b"# Scene 1\n\nA boat.\n", "text/markdown")
    told = send("upload", slot="reference_document", file=scene).json()
    assert (told["light"], told["thumb_url"]) == ("fits", "")
    page = send("composer", reference_image=pictures[:1], reference_document=told["id"]).content.decode()
    assert slots_in(page, "reference_document") == [told["id"]] and "file-text" in page
    send(reference_image=pictures[:1], reference_document=told["id"])
    assert [use.role for use in Generation.objects.get().inputs.all()][1:] == ["reference_document"]
    boat = SimpleUploadedFile("boat.jpg", make_image(tmp_path / "a.jpg", (640, 480)).read_bytes())
    told = send("upload", slot="reference_document", file=boat)
    assert told.status_code == 422 and "Only documents here" in told.json()["error"]


def test_a_background_is_kept_as_one_everywhere(
    send: Any, signed_in: Any, bob: Any, project: Any, model: Any, pictures: list[str]
) -> None:
    """In its own row, its draft, its take, what is made of that again, and aside under another model."""
    cat, hat, pond = pictures[:3]
    stage = "reference_background"
    tags = dict.fromkeys(("reference_image", stage), "@Image{n}")
    inputs = {"reference_image": {"max_count": 3}, stage: {"max_count": 3}}
    model.capabilities = {**REFERENCES, "inputs": inputs, "exclusive": [], "prompt_tags": tags}
    model.save()
    body = {"reference_image": [cat, hat], stage: [pond], "prompt": "@[cat] sits at @[pond]"}
    Asset.objects.filter(pk=pond).update(name="pond.png")
    page = send("composer", **body).content.decode()
    assert slots_in(page) == [cat, hat, ""] and slots_in(page, stage) == [pond, ""]
    assert "Background 1" in page and "Use as the background" not in page  # in the menu, once a page
    assert send("composer/draft", **body).status_code == 200
    assert slots_in(signed_in(bob).get(f"/p/{project.slug}/").content.decode(), stage) == [pond, ""]

    assert send(**body).status_code == 200
    take = Generation.objects.get()
    wanted = [("reference_image", cat), ("reference_image", hat), (stage, pond)]
    assert [(use.role, str(use.asset_id)) for use in take.inputs.all()] == wanted
    assert compose(bob, project, wish_of(take)).request.prompt == "@Image1 sits at @Image3"
    again = read_typed(remix.use(bob, take, "inputs").body)
    assert [(role.value, str(pk)) for role, pk in again.inputs] == wanted

    other = {**REFERENCES, "inputs": {"reference_image": {"max_count": 3}}}
    away = send("composer", **body, model=str(make_model(capabilities=other).pk)).content.decode()
    assert slots_in(away, f"{stage}_aside") == [pond] and waiting_in(away) == [f"{stage}:{pond}"]
    back = send("composer", reference_image=[cat, hat], reference_background_aside=[pond])
    assert slots_in(back.content.decode(), stage) == [pond, ""]
