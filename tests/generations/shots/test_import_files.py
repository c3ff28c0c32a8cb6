"""Shot lists as other programs write them, and files that are none."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from generations import shot_csv, shot_lengths
from generations.media import rates
from generations.shot_csv import Unreadable

FILM, NTSC = Fraction(24), Fraction(30000, 1001)
PLAIN = "Shot Code,Name,Duration,Notes\nSH010,Dawn,4.5,Low\n"


def told(content: bytes, rate: Fraction = FILM) -> list[tuple[object, ...]]:
    rows = shot_csv.read(shot_csv.decoded(content), rate)
    return [(row.code, row.title, row.duration_s, row.note) for row in rows]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        b"\n\n" + PLAIN.encode() + b"\n,,,\n\n",
        b"Shot;Description;Length (s);Comment;Camera\nSH010;Dawn;4,5 s;Low;A7\n",
        b"Notes,Title,Code,Length\nLow,Dawn,SH010,00:00:04:12\n",
        b"Name,Description,Frames,Remarks\nSH010,Dawn,108,Low\n",
        b'"Shot","Title","Seconds","Notes"\n" SH010 "," Dawn","0:04.5","Low"\n',
        b"Einstellung;Titel;Dauer;Bemerkungen\nSH010;Dawn;4,5;Low\n",
        "Nr;Beschreibung;La\u0308nge;Notiz\nSH010;Dawn;4,5;Low\n".encode(),
        b"Shot Name,Description,Cut Duration,Notes\nSH010,Dawn,4.5,Low\n",
        b"Shot,Shot Name,TRT,Notes\nSH010,Dawn,4.5,Low\n",
    ],
)
def test_a_list_reads_the_same_however_it_is_written(content):
    assert told(content) == [("SH010", "Dawn", Decimal("4.500"), "Low")]


def test_letters_of_latin_1_and_lines_within_quotes():
    assert told("Code;Title\nA1;Über den Fjord – früh\n".encode("cp1252"))[0][1] == "Über den Fjord – früh"
    assert told(b'Code,Notes\nA1,"one\ntwo, ""three"""\nA2,x\n')[0][3] == 'one\ntwo, "three"'


def test_columns_that_are_not_read_are_named():
    rows = shot_csv.read("Shot;Camera;Title;;Lens mm;Clip\nA;x;y;;5;a.mp4", FILM)
    assert rows.unread == ["Camera", "Lens mm"]
    assert shot_csv.read("Code,Title\nA,y", FILM).unread == []


def test_what_a_row_leaves_open_is_not_said():
    assert told(b"Code,Title,Length,Notes\nA1,,,\nA2\n") == [
        ("A1", None, None, None),
        ("A2", None, None, None),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "nothing in it"),
        (b"Code,Title\n", "no shot below"),
        (b"Camera,Lens\nA,B\n", "The file has: Camera, Lens"),
        (b'Code,Title\nA,"open\n', "no CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x02", "no text"),
        (b"PK\x03\x04" + bytes(60), "no text"),
        (b"x" * (shot_csv.MOST_BYTES + 1), "too large"),
        (b"Code\n" + b"A\n" * 1001, "these are 1,001"),
        (b"Code,Title\n" + b"A," + b"x" * 200_000, "no CSV"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(content, why):
    with pytest.raises(Unreadable, match=why):
        told(content)


@pytest.mark.parametrize(
    ("text", "rate", "seconds"),
    [
        ("4", FILM, "4.000"),
        ("4.25 sec", FILM, "4.250"),
        (".5", FILM, "0.500"),
        ("1:04", FILM, "64.000"),
        ("0:00:04.5", FILM, "4.500"),
        ("00:00:04:12", FILM, "4.500"),
        ("00:00:04:12", Fraction(25), "4.480"),
        ("00:01:00;02", NTSC, "60.060"),
        ("00:01:00:00", NTSC, "60.060"),
    ],
)
def test_lengths_as_people_write_them(text, rate, seconds):
    assert str(shot_lengths.read(text, rate)) == seconds


@pytest.mark.parametrize("text", ["four", "-3", "00:00:04:24", "00:99:00:00", "4.5.6", "1e3", "=4", "4" * 30])
def test_what_is_no_length(text):
    with pytest.raises(shot_lengths.NoLength):
        shot_lengths.read(text, FILM)


@pytest.mark.parametrize("rate", [FILM, Fraction(25), Fraction(24000, 1001), NTSC, Fraction(60000, 1001)])
def test_a_timecode_reads_back_as_it_was_written(rate):
    for frame in (0, 1, 29, 1799, 1800, 1801, 17_981, 17_982, 50_000):
        seconds = shot_lengths.read(rates.timecode(frame, rate), rate)
        assert seconds is not None and round(Fraction(seconds) * rate) == frame


def test_a_length_that_cannot_be_read_is_the_rows_own_problem():
    first, second = shot_csv.read("Code,Length\nA,four\nB,4", FILM)
    assert "“four” is no length" in first.problem and not second.problem and second.number == 3
