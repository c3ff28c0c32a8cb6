"""User data goes out of a clip's stream, and nothing beside it."""

from __future__ import annotations

import pytest

from generations.media.facts import Unplayable
from generations.media.user_words import Cleaner

AVCC = bytes([1, 66, 192, 12, 0xFF, 0xE1, 0])
TIMING = b"\1\4\0\0\1\7"  # a message that no guest could read words from
WORDS = b"\5\xff\x2d" + bytes(range(16)) + b"a prompt" + bytes(276)  # 300 bytes, longer than one 255


def sei(*messages: bytes) -> bytes:
    """As an encoder writes it, zeros broken up."""
    body, made, zeros = b"".join(messages) + b"\x80", bytearray(b"\6"), 0
    for value in body:
        if zeros == 2 and value < 4:
            made.append(3)
            zeros = 0
        made.append(value)
        zeros = 0 if value else zeros + 1
    return bytes(made)


def of(*units: bytes) -> bytes:
    return b"".join(len(unit).to_bytes(4) + unit for unit in units)


PICTURE = b"\x65" + bytes(range(200))
CASES = {
    "words alone": ([sei(WORDS), PICTURE], [PICTURE]),
    "captions": ([sei(b"\4\3abc"), PICTURE], [PICTURE]),
    "between others": ([sei(TIMING, WORDS, TIMING), PICTURE], [sei(TIMING, TIMING), PICTURE]),
    "behind the picture": ([PICTURE, sei(WORDS)], [PICTURE]),
    "a message too long": ([b"\6\5\x20ab\x80", PICTURE], [PICTURE]),
    "a message without a size": ([b"\6\5", PICTURE], [PICTURE]),
    "a unit for anybody's use": ([b"\x1ea prompt", PICTURE], [PICTURE]),
    "filler": ([b"\x0ca prompt\x80", PICTURE], [PICTURE]),
    "nothing to take": ([sei(TIMING), PICTURE, b""], [sei(TIMING), PICTURE, b""]),
    "words in the picture": ([b"\x65" + sei(WORDS)], [b"\x65" + sei(WORDS)]),
}


@pytest.mark.parametrize("case", CASES)
def test_user_data_goes_and_all_else_stays(case):
    given, wanted = CASES[case]
    data = of(*given)
    clean = Cleaner("h264", AVCC).packet(data)
    assert clean == of(*wanted) and (clean is data) == (given == wanted)


def test_the_header_of_h265_is_cleaned_too():
    parameters, words = b"\x40\1" + bytes(20), b"\x4e\1" + sei(WORDS)[1:]
    picture, anything = b"\x26\1" + bytes(range(200)), b"\x7c\1a prompt"
    array = b"\xa0\0\1" + len(parameters).to_bytes(2) + parameters
    told = b"\xa7\0\1" + len(words).to_bytes(2) + words
    head = bytes([1]) + bytes(20) + bytes([3])
    cleaner = Cleaner("hevc", head + b"\2" + array + told)
    assert cleaner.header == head + b"\1" + array
    assert cleaner.packet(of(words, picture)) == of(picture)
    assert cleaner.packet(of(anything, picture)) == of(picture)
    suffix = b"\x50" + words[1:]
    assert cleaner.packet(of(picture, suffix)) == of(picture)


DAMAGED = {
    "no header": lambda: Cleaner("h264", b""),
    "start codes": lambda: Cleaner("h264", b"\0\0\0\1" + bytes(20)),
    "a unit too long": lambda: Cleaner("h264", AVCC).packet(b"\0\0\1\0\6"),
    "an array too long": lambda: Cleaner("hevc", bytes([1]) + bytes(21) + b"\1\xa0\0\1\xff\xff"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_what_cannot_be_read_is_not_copied(what):
    with pytest.raises(Unplayable):
        DAMAGED[what]()
