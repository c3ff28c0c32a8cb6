"""What people look for in a model."""

from __future__ import annotations

from typing import Any

import pytest

from generations.services.needs import Need, highest, lines_of, longest_s, needs_met, serves
from generations.services.offers import Offer
from providers.gateways.capabilities import from_plain
from providers.gateways.values import Mode
from providers.models import VideoModel

PLAIN: dict[str, Any] = {"modes": ["text_to_video"], "durations_s": [5], "resolutions": ["720p"]}


def offer(**overrides: Any) -> Offer:
    return Offer(VideoModel(capabilities={**PLAIN, **overrides}), "")


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("720p", 720),
        ("true_1080p", 1080),
        ("4k", 2160),
        ("2K", 1440),
        ("1920x1080", 1080),
        ("1080x1920", 1080),
        ("best", 0),
    ],
)
def test_lines_of_a_resolution(word: str, lines: int) -> None:
    assert lines_of(word) == lines


def test_longest_and_highest_leave_out_what_the_model_chooses() -> None:
    caps = from_plain({**PLAIN, "durations_s": [4, 8, -1], "resolutions": ["4k", "1080p", "480p"]})
    assert longest_s(caps) == 8 and highest(caps) == "4k"
    assert longest_s(from_plain({"modes": ["upscale"]})) == 0


@pytest.mark.parametrize(
    ("need", "fields"),
    [
        (Need.SOUND, {"audio": "fixed"}),
        (Need.LAST_FRAME, {"modes": ["text_to_video", "first_last_frame"]}),
        (Need.HD, {"resolutions": ["720p", "2k"]}),
        (Need.LONG, {"durations_s": [5, 10]}),
        (Need.SEED, {"seed": True}),
        (Need.REFERENCES, {"inputs": {"reference_image": {"max_count": 3}}}),
    ],
)
def test_each_need_is_met_by_its_capability_alone(need: Need, fields: dict[str, Any]) -> None:
    assert needs_met(offer()) == {Need.NO_ADDRESS}
    assert needs_met(offer(**fields)) == {need, Need.NO_ADDRESS}


@pytest.mark.parametrize(
    ("wire_id", "resolutions", "is_hd"),
    [
        ("kling-o3-4k-text-to-video", [], True),
        ("Wan-AI/Wan2.1-T2V-14B-720P", [], False),
        ("veo3-fast-image-to-video", [], False),
        ("seen-4k", ["720p"], False),
        ("any", ["4K"], True),
    ],
)
def test_where_no_resolution_can_be_chosen_the_name_tells_it(
    wire_id: str, resolutions: list[str], is_hd: bool
) -> None:
    model = VideoModel(wire_id=wire_id, capabilities={**PLAIN, "resolutions": resolutions})
    assert (Need.HD in needs_met(Offer(model, ""))) == is_hd


def test_a_mode_whose_files_need_a_public_address_does_not_serve_without_one() -> None:
    found = offer(
        modes=["text_to_video", "image_to_video"],
        inputs={"first_frame": {"travel": ["public_url"]}},
    )
    assert serves(found, [Mode.IMAGE_TO_VIDEO], []) and serves(found, [], [Need.NO_ADDRESS])
    assert serves(found, [Mode.TEXT_TO_VIDEO], [Need.NO_ADDRESS])
    assert not serves(found, [Mode.IMAGE_TO_VIDEO], [Need.NO_ADDRESS])
