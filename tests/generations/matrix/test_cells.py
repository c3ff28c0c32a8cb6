"""The matrix page: which cells there are, which there are not and why, and what each costs."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from generations.matrix import fingerprint
from generations.models import Generation
from generations.views.studio import draft_desk
from providers.models import VideoModel
from tests.factories import add_member, make_asset, make_model
from tests.generations.matrix.page import SHORT, keys_of

pytestmark = pytest.mark.django_db


def test_it_begins_with_what_stands_in_the_composer(signed_in, bob, project, draft):
    page = signed_in(bob).get(f"/p/{project.slug}/matrix").content.decode()
    assert ">A boat</textarea>" in page and len(keys_of(page)) == 1
    assert "$1.50" in page and "10 s · 1080p" in page


def test_each_cell_has_its_own_price_and_the_button_the_sum(sheet):
    page = sheet(duration_s=["4", "5", "10"]).content.decode()
    assert len(keys_of(page)) == 3, "two lengths of one model, one of the other"
    assert "Generate 3" in page and "$2.85" in page
    assert "cell no" not in page and page.count('scope="col"') == 3
    told = re.sub(r"\s+", " ", page)
    assert "<strong>Long</strong> without 4 s" in told and "<strong>Short</strong> without 5 s, 10 s" in told
    assert '<span>4 s</span> <span class="t3 small" title="Short">1 of 2<' in told


def test_a_length_that_a_model_lacks_is_refused_and_never_rounded(sheet):
    page = sheet(duration_s=["5", "10"]).content.decode()
    assert len(keys_of(page)) == 2 and "4 s · 1080p" not in page
    assert "<strong>Short</strong> has no cell: it makes no 5 s, 10 s, but 4 s." in page
    none = sheet(duration_s=["7"])
    assert not keys_of(none.content.decode()) and "but 5 s, 10 s." in none.content.decode()
    assert sheet("generate", duration_s=["7"]).status_code == 422 and not Generation.objects.exists()


def test_a_model_that_leaves_no_choice_of_a_setting_keeps_its_cell(sheet, models, draft, bob, project):
    models[1].capabilities = {**SHORT, "ratio_from_input": ["image_to_video"], "resolutions": []}
    models[1].save()
    frame = make_asset(project=project, width=1280, height=720)
    draft.body = {**draft.body, "inputs": [{"role": "first_frame", "asset": str(frame.pk)}]}
    draft.save()
    ticked = {"base": fingerprint(draft_desk(bob, project).typed), "aspect_ratio": ["16:9", "9:16"]}
    page = sheet(**ticked).content.decode()
    assert len(keys_of(page)) == 3 and "<strong>Short</strong> leaves no choice of ratio here" in page
    sheet("generate", **ticked)
    made = [(take.model.label, take.request.get("aspect_ratio")) for take in Generation.objects.all()]
    assert sorted(made, key=str) == [("Long", "16:9"), ("Long", "9:16"), ("Short", None)]
    page = sheet(**ticked, resolution=["720p"]).content.decode()
    assert len(keys_of(page)) == 3 and "no choice of resolution, ratio here" in page
    none = sheet(**ticked, duration_s=["5"]).content.decode()
    assert len(keys_of(none)) == 2 and "has no cell: it makes no 5 s, but 4 s." in none
    assert "leaves no choice" not in none, "it has no cell that could take its own"


def test_a_model_that_is_no_longer_offered_is_judged_and_named_as_no_other(sheet, models):
    models[1].allowed = False
    models[1].save()
    page = sheet(duration_s=["4", "5"]).content.decode()  # the best other one has 5 s, not 4 s
    assert len(keys_of(page)) == 1 and page.count("<span>This model is no longer offered.") == 2
    assert re.findall(r"<strong>(.*?)</strong> (without .*?),", page) == [("Long", "without 4 s")]
    assert page.count('class="strong">Short<') == 3 and page.count('class="strong">Long<') == 2
    assert page.count("No longer offered: nothing is made with it.") == 1
    assert 'title="Long"' not in page, "5 s is of all that are offered"


def test_models_that_are_no_longer_offered_can_be_told_apart(sheet, models):
    same = [make_model(label="Old", wire_id=name, account=models[0].account) for name in ("old-a", "old-b")]
    past = [models[1].pk, *[model.pk for model in same]]
    VideoModel.objects.filter(pk__in=past).update(retired_at=timezone.now())
    wished = [models[0].pk, *past, uuid4(), uuid4()]
    page = sheet(model=[str(pk) for pk in wished]).content.decode()
    told = re.findall(r'<li><span class="grow clip"><span class="strong">(.*?)</span>', page)
    assert told == ["Long", "Short", "Old (old-a)", "Old (old-b)", "Removed model 1", "Removed model 2"]
    assert re.findall(r'aria-label="Take out (?!prompt)(.*?)"', page) == told


def test_a_cell_that_is_refused_for_two_reasons_says_both_in_sentences(sheet):
    page = sheet(prompt=["x" * 3000], seeds="9" * 15).content.decode()
    assert "<span>3,000 characters; this model takes 2,500. Seed: " in page and ".;" not in page
    assert "<span>Generate</span>" in page, "there is none that can be made"


def test_a_model_without_seeds_has_one_cell_for_all_of_them(sheet, models):
    page = sheet(seeds="7, 8, 9", duration_s=["4"], model=[str(models[1].pk)]).content.decode()
    assert len(keys_of(page)) == 1 and "without seed" in page and "cannot be made" not in page
    assert page.count("<span>Same as seed 7: this model takes none.</span>") == 2
    assert "<strong>Short</strong> takes no seed: one cell stands for all seeds." in page
    assert "Generate 1<" in page and page.count("$0.60") == 2, "in its cell, and on the button"
    form = {"seeds": "7, 8, 9", "prompt": ["A boat", "A tram"], "resolution": ["1080p"]}
    sheet("generate", **form)
    made = [(take.model.label, take.prompt, take.request.get("seed")) for take in Generation.objects.all()]
    assert sorted(made, key=str) == sorted(
        [(models[0].label, text, seed) for text in form["prompt"] for seed in (7, 8, 9)]
        + [(models[1].label, text, None) for text in form["prompt"]],
        key=str,
    )


def test_the_seeds_of_a_model_without_them_count_for_nothing_in_the_limit(sheet, models):
    form = {"prompt": [f"Shot {n}" for n in range(12)], "seeds": "1 2 3 4 5 6", "model": [str(models[1].pk)]}
    assert "Generate 12<" in sheet(**form).content.decode()


def test_cells_that_no_model_makes_count_for_nothing_in_the_limit(sheet):
    shots = [f"Shot {n}" for n in range(12)]
    page = sheet(prompt=shots, duration_s=["4", "5", "10"]).content.decode()  # 72 places, 36 cells
    assert len(keys_of(page)) == 36 and "too many" not in page
    assert "too many" in sheet(prompt=shots, duration_s=["4", "5", "10"], copies="2").content.decode()


def test_what_the_composer_holds_is_set_aside_for_a_model_that_lacks_it(sheet):
    page = sheet().content.decode()
    assert "Without: Length 10 s" in re.sub(r"\s+", " ", page)
    assert "Without:" not in sheet(duration_s=["4", "5"]).content.decode(), "an axis stands in its place"
    assert "4 s · 1080p" in page


def test_more_than_a_batch_holds_is_refused_by_number(sheet):
    answer = sheet("generate", prompt=[f"Shot {n}" for n in range(12)], copies="3").content.decode()
    assert "72 takes at once are too many; 48 at most" in answer
    assert not Generation.objects.exists()


def test_files_of_the_composer_go_into_every_cell(sheet, draft, project, signed_in, bob):
    frame = make_asset(project=project, width=1280, height=720)
    draft.body = {**draft.body, "inputs": [{"role": "first_frame", "asset": str(frame.pk)}]}
    draft.save()
    page = signed_in(bob).get(f"/p/{project.slug}/matrix").content.decode()
    base = re.search(r'name="base" value="(\w+)"', page)
    sheet("generate", base=base[1])
    assert [take.inputs.get().asset_id for take in Generation.objects.all()] == [frame.pk, frame.pk]


def test_a_hostile_form_is_only_a_form(sheet):
    answer = sheet(model=["x", str(uuid4())], prompt=["<script>\x00"], seeds="9" * 500, copies="-1")
    assert answer.status_code == 200 and b"<script>\\x00" not in answer.content


def test_the_picker_of_the_matrix_sees_the_composers_files(sheet, draft, project, signed_in, bob):
    frame = make_asset(project=project, width=1280, height=720)
    words = make_model(label="Words alone", capabilities={**SHORT, "modes": ["text_to_video"], "inputs": {}})
    draft.body = {**draft.body, "inputs": [{"role": "first_frame", "asset": str(frame.pk)}]}
    draft.save()
    page = signed_in(bob).post(f"/p/{project.slug}/models", {"layout": "x", "prompt": "A boat"})
    assert "Words alone" in page.content.decode() and "Takes no first frame" in page.content.decode()
    assert words.pk


def test_a_viewer_makes_no_matrix(signed_in, charlie, project, models):
    add_member(project, charlie, "viewer")
    assert signed_in(charlie).get(f"/p/{project.slug}/matrix").status_code == 403
