"""What a prompt calls the files of a request."""

from __future__ import annotations

import pytest

from providers.catalogue import load
from providers.gateways.tags import tags_of
from providers.gateways.values import Role

IMAGE, CLIP, SOUND = Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO
SEEDANCE = {IMAGE: "<Image {n}>", CLIP: "<Video {n}>", Role.SOURCE_VIDEO: "<Video {n}>"}


def test_files_are_counted_by_kind_in_their_order():
    assert tags_of([IMAGE, CLIP, IMAGE], SEEDANCE) == ["<Image 1>", "<Video 1>", "<Image 2>"]


def test_source_clips_are_counted_before_reference_clips_wherever_they_stand():
    assert tags_of([CLIP, Role.SOURCE_VIDEO], SEEDANCE) == ["<Video 2>", "<Video 1>"]


def test_a_role_without_a_tag_is_named_in_words():
    assert tags_of([IMAGE, SOUND], {}) == ["the reference image", "the reference audio"]
    assert tags_of([IMAGE] * 2, {}) == ["the first reference image", "the second reference image"]
    assert tags_of([IMAGE] * 11, {})[10] == "reference image 11"
    assert tags_of([Role.FIRST_FRAME, Role.LAST_FRAME], {}) == ["the first frame", "the last frame"]


def test_a_view_is_called_what_its_element_is():
    roles = [Role.ELEMENT, Role.ELEMENT_REFERENCE, Role.ELEMENT, Role.ELEMENT_REFERENCE]
    tags = {Role.ELEMENT: "@Element{n}"}
    assert tags_of(roles, tags) == ["@Element1", "@Element1", "@Element2", "@Element2"]


def test_a_voice_is_called_what_its_reference_is():
    voice = Role.REFERENCE_VOICE
    tags = tags_of([IMAGE, IMAGE, voice, CLIP, voice], {IMAGE: "@Image{n}"})
    assert tags == ["@Image1", "@Image2", "@Image2", "the reference video", "the reference video"]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_name_in_words(role: Role):
    assert tags_of([role], {})[0].startswith("the ")


@pytest.mark.parametrize(
    ("gateway", "model", "role", "said"),
    [
        ("venice", "seedance-2-0-reference-to-video-basic", IMAGE, "<Image 1>"),
        ("venice", "seedance-2-0-reference-to-video-basic", SOUND, "<Audio 1>"),
        ("venice", "kling-o3-pro-reference-to-video", Role.ELEMENT, "@Element1"),
        ("venice", "kling-o3-pro-reference-to-video", Role.SCENE_IMAGE, "@Image1"),
        ("venice", "kling-o3-pro-reference-to-video", IMAGE, "the reference image"),
        ("venice", "wan-3-0-reference-to-video", IMAGE, "@Image1"),
        ("venice", "wan-3-0-reference-to-video", CLIP, "the reference video"),
        ("elkapi", "doubao-seedance-2-0-260128", CLIP, "video 1"),
        ("token360", "seedance-2.0", IMAGE, "the reference image"),
        ("silkdock", "seedance-2.0", IMAGE, "the reference image"),
    ],
)
def test_the_catalogue_knows_what_each_page_says(gateway: str, model: str, role: Role, said: str):
    caps = next(item.capabilities for item in load(gateway) if item.wire_id == model)
    assert tags_of([role], caps.prompt_tags) == [said]
