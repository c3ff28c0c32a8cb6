"""A file of the composer made to fit: by one click, by the dialog's fields, and back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from generations.fixdialog import wish_for_copy
from generations.models import Asset, Draft, Generation
from generations.services import asset_library
from generations.services.derived import derive_asset, read_edit
from tests import media_files as make
from tests.factories import CAPABILITIES, make_asset, make_project, save_asset
from tests.generations.composer.page import slots_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roomy_store")]
CLIPS = {"reference_video": {"mimes": ["video/mp4"], "max_count": 3, "min_s": 1, "max_s": 3, "total_s": 5}}


@pytest.fixture
def wide(project: Any, bob: Any, tmp_path: Path) -> Asset:
    return save_asset(bob, project, make.make_jpeg(tmp_path / "wide.jpg", (1300, 500)))


@pytest.fixture
def clips(model: Any) -> None:
    model.capabilities = {**CAPABILITIES, "modes": ["text_to_video", "reference_to_video"], "inputs": CLIPS}
    model.save()


def copy_of(asset: Asset) -> Asset:
    return Asset.objects.get(derived_from=asset)


def test_the_light_says_why_and_offers_the_fix(send: Any, wide: Asset):
    page = send("composer", first_frame=str(wide.pk)).content.decode()
    assert "1300 × 500 is 2.60:1; the clip will be 16:9" in page
    assert "Crop to 16:9" in page and f"/a/{wide.pk}/fix" in page and f"/a/{wide.pk}/ways" in page


def test_one_click_puts_the_copy_in_the_place_of_the_original(send: Any, wide: Asset, bob: Any):
    page = send(f"a/{wide.pk}/fix", first_frame=str(wide.pk)).content.decode()
    copy = copy_of(wide)
    assert slots_in(page, "first_frame") == [str(copy.pk)] and (copy.width, copy.height) == (889, 500)
    assert "Cropped to 16:9" in page and f"/a/{copy.pk}/original" in page and "light fits" in page
    assert Draft.objects.get(user=bob).body["inputs"] == [{"role": "first_frame", "asset": str(copy.pk)}]


def test_the_take_is_made_from_the_copy_and_the_original_is_untouched(send: Any, wide: Asset):
    before = Asset.objects.values().get(pk=wide.pk)
    send(f"a/{wide.pk}/fix", first_frame=str(wide.pk))
    assert send(first_frame=str(copy_of(wide).pk)).status_code == 200
    assert Generation.objects.get().inputs.get().asset == copy_of(wide)
    assert Asset.objects.values().get(pk=wide.pk) == before


def test_the_original_comes_back(send: Any, wide: Asset):
    send(f"a/{wide.pk}/fix", first_frame=str(wide.pk))
    page = send(f"a/{copy_of(wide).pk}/original", first_frame=str(copy_of(wide).pk)).content.decode()
    assert slots_in(page, "first_frame") == [str(wide.pk)]


def test_without_scripts_the_click_leads_back_to_the_page_with_the_copy(send: Any, wide: Asset, bob: Any):
    reply = send(f"a/{wide.pk}/fix", headers={}, first_frame=str(wide.pk))
    assert reply.status_code == 302
    assert Draft.objects.get(user=bob).body["inputs"][0]["asset"] == str(copy_of(wide).pk)


def test_the_dialog_shows_what_it_will_be(send: Any, wide: Asset):
    page = send(f"a/{wide.pk}/ways", first_frame=str(wide.pk)).content.decode()
    assert 'data-own="2.60000" data-wanted="1.77778"' in page and f"/a/{wide.pk}/file" in page
    assert "1300 × 500" in page and "889 × 500" in page and "1300 × 731" in page


@pytest.mark.parametrize(
    ("fields", "derivation", "size"),
    [
        ({"fix_op": "crop", "fix_x": "0.25"}, {"op": "crop", "ratio": "16:9", "x": 0.25}, (889, 500)),
        (
            {"fix_op": "pad", "fix_fill": "blur", "fix_x": "0.9"},
            {"op": "pad", "ratio": "16:9", "fill": "blur"},
            (1300, 731),
        ),
    ],
)
def test_the_dialog_makes_it_as_chosen(
    send: Any, wide: Asset, fields: dict[str, str], derivation: dict[str, Any], size: tuple[int, int]
):
    send(f"a/{wide.pk}/fix", first_frame=str(wide.pk), fix_ratio="16:9", **fields)
    copy = copy_of(wide)
    assert {**copy.derivation, **derivation} == copy.derivation and "y" not in copy.derivation
    assert (copy.width, copy.height) == size


def test_a_file_that_fits_is_offered_what_the_model_takes(send: Any, wide: Asset, project: Any):
    send(f"a/{wide.pk}/fix", first_frame=str(wide.pk))
    fits = copy_of(wide)
    page = send("composer", first_frame=str(fits.pk)).content.decode()
    assert "light fits" in page and f'data-ways="/p/{project.slug}/a/{fits.pk}/ways"' in page
    dialog = send(f"a/{fits.pk}/ways", first_frame=str(fits.pk)).content.decode()
    ratios = re.findall(r'name="fix_ratio" value="([^"]+)"', dialog)
    assert ratios == ["16:9", "9:16"], "what it is cut from has neither; the model takes both"
    fields = {"fix_op": "crop", "fix_ratio": "9:16", "fix_x": "0", "fix_y": "0.5"}
    page = send(f"a/{fits.pk}/fix", first_frame=str(fits.pk), **fields).content.decode()
    tall = Asset.objects.filter(derived_from=wide).exclude(pk=fits.pk).get()
    assert slots_in(page, "first_frame") == [str(tall.pk)] and (tall.width, tall.height) == (281, 500)
    assert 'value="9:16" selected' in page, "the clip follows its first frame"
    assert "Cropped to 9:16" in page and "light fits" in page


def test_a_file_by_itself_is_cut_too(signed_in: Any, bob: Any, wide: Asset):
    client = signed_in(bob)
    assert f'hx-get="/a/{wide.pk}/ways"' in client.get(f"/a/{wide.pk}").content.decode()
    assert 'name="fix_ratio" value="4:5"' in client.get(f"/a/{wide.pk}/ways").content.decode()
    fields = {"fix_op": "pad", "fix_ratio": "1:1", "fix_fill": "black"}
    reply = client.post(f"/a/{wide.pk}/derive", fields)
    copy = copy_of(wide)
    assert reply["Location"] == f"/a/{copy.pk}" and (copy.width, copy.height) == (1300, 1300)
    refused = client.post(f"/a/{wide.pk}/derive", {"fix_op": "trim"}, follow=True)
    assert "Not something that can be done with this file." in refused.content.decode()
    assert Asset.objects.count() == 2


def test_an_original_of_another_project_is_left_alone(
    signed_in: Any, bob: Any, admin: Any, project: Any, tmp_path: Path
):
    theirs = save_asset(admin, make_project(admin), make.make_jpeg(tmp_path / "secret.jpg", (1300, 500)))
    asset_library.share(admin, theirs)
    ours = derive_asset(bob, theirs, read_edit(theirs, {"op": "crop", "ratio": "1:1"}), project)
    asset_library.unshare(theirs)
    client, fields = signed_in(bob), {"fix_op": "crop", "fix_ratio": "9:16", "fix_x": "0"}
    assert str(theirs.pk) not in client.get(f"/a/{ours.pk}/ways").content.decode()
    client.post(f"/a/{ours.pk}/derive", fields)
    made = Asset.objects.order_by("id").last()
    assert (made.project, made.derived_from) == (project, ours)


def test_another_ratio_is_cut_from_the_original_again(send: Any, wide: Asset):
    send(f"a/{wide.pk}/fix", first_frame=str(wide.pk))
    first = copy_of(wide)
    send(f"a/{first.pk}/fix", first_frame=str(first.pk), aspect_ratio="9:16")
    tall = Asset.objects.filter(derived_from=wide).exclude(pk=first.pk).get()
    assert (tall.width, tall.height) == (281, 500)


@pytest.mark.parametrize(
    "fields",
    [
        {"fix_op": "melt"},
        {"fix_op": "crop", "fix_ratio": "0:9"},
        {"fix_op": "crop", "fix_x": "NaN"},
        {"fix_path": "/etc"},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_made(send: Any, wide: Asset, fields: dict[str, str]):
    page = send(f"a/{wide.pk}/fix", first_frame=str(wide.pk), **fields).content.decode()
    assert slots_in(page, "first_frame") == [str(wide.pk)] and 'class="error"' in page
    assert Asset.objects.count() == 1


def test_a_file_that_is_not_in_the_form_is_left_alone(send: Any, wide: Asset):
    assert send(f"a/{wide.pk}/fix").status_code == 200
    assert send(f"a/{wide.pk}/ways").status_code == 404
    assert Asset.objects.count() == 1


def test_a_file_of_another_project_is_not_there(send: Any):
    other = make_asset()
    for verb in ("fix", "ways", "original"):
        assert send(f"a/{other.pk}/{verb}", first_frame=str(other.pk)).status_code == 404


def test_limits_in_sum_stand_at_the_row(send: Any, clips: None, project: Any):
    pks = [
        str(make_asset(project=project, kind="clip", mime="video/mp4", duration_s=seconds).pk)
        for seconds in (1.5, 2.0)
    ]
    page = send("composer", reference_video=pks).content.decode()
    assert "2 of 3" in page and "3.5 of 5 s" in page


def test_a_part_of_a_clip_is_chosen_by_its_seconds(
    send: Any, clips: None, project: Any, bob: Any, tmp_path: Path
):
    clip = save_asset(bob, project, make.make_mp4(tmp_path / "a.mp4", 4, audio=True))
    page = send("composer", reference_video=[str(clip.pk)]).content.decode()
    assert "4.0 s; at most 3 s" in page and "Trim to 3 s" in page
    fields = {"fix_op": "trim", "fix_start_s": "1.5", "fix_end_s": "3.5"}
    page = send(f"a/{clip.pk}/fix", reference_video=[str(clip.pk)], **fields).content.decode()
    copy = copy_of(clip)
    assert (copy.duration_s, copy.derivation["start_s"], copy.derivation["end_s"]) == (2.0, 1.5, 3.5)
    assert "Trimmed to 2 s" in page and slots_in(page, "reference_video")[0] == str(copy.pk)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"op": "crop", "ratio": "1:1", "start_s": "0", "end_s": "4"}, {"op": "crop", "ratio": "1:1"}),
        ({"op": "trim", "start_s": "1", "end_s": "4"}, {"op": "trim", "start_s": 1.0}),
        ({"op": "trim", "start_s": "0", "end_s": "3.95"}, {"op": "trim", "end_s": 3.95}),
    ],
)
def test_where_the_slider_stops_is_the_end_of_the_clip(
    project: Any, fields: dict[str, str], kept: dict[str, Any]
):
    clip = make_asset(project=project, kind="clip", mime="video/mp4", duration_s=4.03)
    assert wish_for_copy(clip, fields)[1].plain() == kept


def test_an_end_that_was_cut_stays_when_a_ratio_is_chosen(project: Any):
    clip = make_asset(project=project, kind="clip", mime="video/mp4", duration_s=4.03)
    cut = {"op": "trim", "end_s": 4.0}
    copy = make_asset(project=project, kind="clip", mime="video/mp4", derived_from=clip, derivation=cut)
    fields = {"op": "crop", "ratio": "1:1", "start_s": "0", "end_s": "4"}
    assert wish_for_copy(copy, fields)[1].plain() == {"op": "crop", "ratio": "1:1", "end_s": 4.0}


def test_a_clip_in_the_place_of_a_frame_gives_its_first_picture(
    send: Any, project: Any, bob: Any, tmp_path: Path
):
    clip = save_asset(bob, project, make.make_mp4(tmp_path / "a.mp4", 1, (640, 360)))
    page = send(f"a/{clip.pk}/fix", first_frame=str(clip.pk)).content.decode()
    still = copy_of(clip)
    assert (still.kind, still.width) == ("image", 640) and slots_in(page, "first_frame") == [str(still.pk)]
    assert "Picture at 0.0 s" in page
