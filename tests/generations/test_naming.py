"""Names in a prompt: what they stand for, and what a model reads in their place."""

from __future__ import annotations

from typing import Any

import pytest

from generations.services import naming
from generations.services.naming import Member, read_cast
from providers.gateways.capabilities import from_plain
from providers.gateways.values import Role
from tests.factories import make_asset

IMAGE, CLIP = Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO
CAPS = from_plain(
    {"modes": [], "prompt_tags": {"reference_image": "<Image {n}>", "reference_video": "<Video {n}>"}}
)


@pytest.fixture
def cat(project: Any) -> Any:
    return make_asset(project=project, name="cat.png")


@pytest.fixture
def hat(project: Any) -> Any:
    return make_asset(project=project, name="old hat [v2].png")


def said(prompt: str, *uses: Any, cast: Any = ()) -> str:
    return naming.spoken(prompt, uses, cast, CAPS)


def test_a_name_follows_its_file_when_the_order_changes(cat: Any, hat: Any):
    assert said("@[cat] runs", (IMAGE, cat), (IMAGE, hat)) == "<Image 1> runs"
    assert said("@[cat] runs", (IMAGE, hat), (IMAGE, cat)) == "<Image 2> runs"


def test_case_and_spaces_in_a_name_do_not_count_and_brackets_are_rounded(cat: Any, hat: Any):
    assert naming.name_of(hat) == "old hat (v2)"
    assert said("@[ Old Hat (V2) ] on @[CAT]", (IMAGE, cat), (IMAGE, hat)) == "<Image 2> on <Image 1>"


def test_a_name_without_brackets_is_one_where_something_is_called_so(cat: Any, project: Any):
    scan = make_asset(project=project, name="scan-2.final.png")
    uses = [(IMAGE, cat), (IMAGE, scan)]
    assert said("@cat, then @Scan-2.final.", *uses) == "<Image 1>, then <Image 2>."
    told = "me@cat by @nobody @catalogue @@cat https://x.y/@cat"
    assert said(told, *uses) == told and naming.dangling(told, uses) == []
    assert said("@[cat]@cat", *uses) == "<Image 1>@cat"


def test_two_files_of_one_name_are_told_apart_by_the_end_of_their_ids(cat: Any, project: Any):
    other = make_asset(project=project, name="cat.jpg")
    uses = [(IMAGE, cat), (IMAGE, other)]
    first, second = naming.names_of(uses)
    assert first != second and first.startswith("cat~")
    assert said(f"@[{second}]", *uses) == "<Image 2>"
    assert naming.dangling("@[cat]", uses) == ["cat"]


def test_a_copy_answers_to_its_original_and_to_the_original_of_that(cat: Any, project: Any):
    crop = make_asset(project=project, name="cat (crop).png", derived_from=cat)
    small = make_asset(project=project, name="cat (crop) (smaller).jpg", derived_from=crop)
    assert said("@[cat] and @[cat (smaller)]", (IMAGE, small)) == "<Image 1> and @[cat (smaller)]"
    assert said("@[cat (crop)]", (IMAGE, small)) == "<Image 1>"


def test_a_file_may_be_named_by_its_id(cat: Any):
    assert said(f"@[{cat.pk}] runs", (IMAGE, cat)) == "<Image 1> runs"


def test_a_file_that_is_still_to_come_has_a_number_and_no_name(cat: Any):
    uses = [(IMAGE, None), (IMAGE, cat), (IMAGE, None)]
    assert said("@[cat] runs", *uses) == "<Image 2> runs"
    assert naming.names_of(uses) == ["", "cat", ""]


def test_what_is_no_name_is_left_alone(cat: Any):
    for text in ("a@b.com", "@ cat", "[cat]", "@[]", "@[a\nb]", "@{cat}"):
        assert said(text, (IMAGE, cat)) == text
        assert naming.dangling(text, [(IMAGE, cat)]) == []


def test_a_character_of_several_files_is_introduced_once(cat: Any, hat: Any):
    cast = [Member("Mira", (hat.pk, cat.pk))]
    text = said("@[Mira] turns; @[mira] smiles", (IMAGE, cat), (IMAGE, hat), cast=cast)
    assert text == "Mira (<Image 2>, <Image 1>) turns; mira smiles"


def test_a_character_of_one_file_is_its_tag_each_time(cat: Any):
    cast = [Member("Mira", (cat.pk,))]
    assert said("@[Mira] and @[Mira]", (IMAGE, cat), cast=cast) == "<Image 1> and <Image 1>"


def test_a_character_goes_before_a_file_of_the_same_name(cat: Any, hat: Any):
    cast = [Member("Cat", (hat.pk,))]
    uses = [(IMAGE, cat), (IMAGE, hat)]
    assert naming.places_of("cat", uses, cast) == [1]
    assert naming.names_of(uses, cast)[0].startswith("cat~")


def test_an_unnamed_reference_is_found_only_where_the_gateway_wants_names(cat: Any, hat: Any):
    uses = [(IMAGE, cat), (IMAGE, hat), (Role.REFERENCE_AUDIO, cat)]
    assert naming.unnamed("<Image 2> runs", uses, CAPS) == [0]


@pytest.mark.parametrize(
    "given",
    [None, "x", [1], [{}], [{"name": "A"}], [{"name": 5, "files": []}], [{"name": "A", "files": ["no"]}]],
)
def test_a_cast_of_another_shape_is_none(given: Any):
    assert read_cast(given) == ()


def test_a_cast_reads_what_it_wrote(cat: Any, hat: Any):
    member = Member("Mira", (cat.pk, hat.pk), cat.pk, (hat.pk,))
    assert read_cast([member.plain()]) == (member,)


@pytest.mark.parametrize(
    ("pattern", "prompt", "lost"),
    [
        ("<Image {n}>", "<Image 2> and <image 9>, <Image9> too", ["<image 9>", "<Image9>"]),
        ("@Image{n}", "@Image2 by me@Image9 and @Image7, not @Image7b", ["@Image7"]),
        ("[Image {n}]", "[Image 1] beside [Image 3]", ["[Image 3]"]),
        ("image {n}", "image 9 of the series", []),
    ],
)
def test_a_tag_of_the_gateway_beyond_what_is_attached_is_lost(
    pattern: str, prompt: str, lost: list[str], cat: Any, hat: Any
):
    caps = from_plain({"modes": [], "prompt_tags": {"reference_image": pattern}})
    assert naming.beyond(prompt, [(IMAGE, cat), (IMAGE, hat)], caps) == lost


def test_a_file_that_is_called_like_a_tag_is_named_by_it(project: Any):
    caps = from_plain({"modes": [], "prompt_tags": {"reference_image": "@Image{n}"}})
    uses = [(IMAGE, make_asset(project=project, name="Image7.png"))]
    assert naming.beyond(naming.spoken("@Image7", uses, (), caps), uses, caps) == []
