"""A length in words, wherever people meet one."""

import pytest

from generations.lengths import length_words
from generations.services.carry import words_of
from providers.gateways.capabilities import Capabilities
from providers.gateways.check import check
from providers.gateways.values import AUTO_S, Mode, VideoRequest


@pytest.mark.parametrize(("seconds", "words"), [(5.0, "5 s"), (5, "5 s"), (2.5, "2.5 s"), (AUTO_S, "Auto")])
def test_seconds_or_auto(seconds: float, words: str) -> None:
    assert length_words(seconds) == words
    assert words_of("duration_s", seconds) == f"Length {words}"


def test_a_refusal_names_auto_as_a_choice() -> None:
    caps = Capabilities(modes=(Mode.TEXT_TO_VIDEO,), durations_s=(4.0, AUTO_S))
    told = check(VideoRequest("m", Mode.TEXT_TO_VIDEO, "x", duration_s=9.0), caps)
    assert [problem.message for problem in told] == ["9 is not offered; choose 4, auto."]
