"""The cut: what stands for each shot, and the files that editors get of it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from django.urls import reverse

from generations import cut, shot_csv
from generations.cut import Which
from generations.models import Project
from generations.services import comments, shot_import, shot_takes, shots, throwing
from generations.services.shots import Words
from generations.services.writers import Writer
from tests.generations.notes import make_clip, make_guest

from .desk import ids

pytestmark = pytest.mark.django_db


def at(rate, frames):
    return {"facts": {"rate": rate, "frames": frames}}


@pytest.fixture
def film(project, alice):
    """At 24: SH010 chosen (5 s), SH020 not chosen (100 frames at 25), SH030 missing for 2 s, SH040 chosen
    (45 frames at 30), SH050 missing without a length."""
    lengths = {"SH010": "4", "SH020": None, "SH030": "2", "SH040": None, "SH050": None}
    words = [Words(code, f"Title {code}", "A note", said and Decimal(said)) for code, said in lengths.items()]
    made = shots.add_all(alice, project, words)
    takes = [
        make_clip(project),
        make_clip(project, **at("25/1", 100)),
        make_clip(project, **at("30/1", 45)),
    ]
    for take, shot, is_chosen in zip(takes, (made[0], made[1], made[3]), (True, False, True), strict=True):
        shot_takes.move(alice, project, [take.pk], shot)
        if is_chosen:
            shot_takes.choose(alice, project, shot, take.pk)
    return made, takes


def export(caller, project, **given):
    return caller.get(reverse("shots-export", args=[project.slug]), given)


def body(answer):
    return b"".join(answer).decode()


def told(pieces):
    return [(piece.shot.code, piece.take is not None, piece.seconds) for piece in pieces]


def test_what_stands_for_a_shot(project, alice, film, django_assert_max_num_queries):
    made, takes = film
    with django_assert_max_num_queries(4):
        chosen = cut.of(project, Which.CHOSEN)
    assert told(chosen) == [
        ("SH010", True, 5),
        ("SH020", False, 3),
        ("SH030", False, 2),
        ("SH040", True, Fraction(3, 2)),
        ("SH050", False, 3),
    ]
    newest = cut.of(project, Which.NEWEST)
    assert told(newest)[1] == ("SH020", True, 4) and not newest[1].is_chosen
    spare = make_clip(project)
    shot_takes.move(alice, project, [spare.pk], made[0])
    assert cut.of(project, Which.NEWEST)[0].take == takes[0]
    throwing.trash(alice, project, [takes[0].pk])
    assert cut.of(project, Which.CHOSEN)[0].take is None
    assert cut.of(project, Which.NEWEST)[0].take == spare


def test_a_slate_says_whether_a_take_could_be_chosen(project, alice, film, signed_in):
    for which, open_ones in (("chosen", ["SH020"]), ("newest", [])):
        page = signed_in(alice).get(reverse("shots-play", args=[project.slug]), {"which": which})
        assert [piece["code"] for piece in page.context["pieces"] if piece.get("open")] == open_ones
        assert page.content.decode().count("· not chosen") == 1


def test_otio_keeps_each_clips_own_rate_and_gaps_say_what_is_missing(project, alice, film, signed_in):
    answer = export(signed_in(alice), project, format="otio", which="newest")
    timeline = otio.adapters.read_from_string(body(answer), "otio_json")
    (track,) = timeline.tracks
    kinds = [
        (type(item).__name__, item.source_range.duration.value, item.source_range.duration.rate)
        for item in track
    ]
    assert kinds == [("Clip", 120, 24), ("Clip", 100, 25), ("Gap", 48, 24), ("Clip", 45, 30), ("Gap", 72, 24)]
    assert track[2].metadata["video_studio"]["code"] == "SH030"
    assert timeline.duration().to_seconds() == pytest.approx(5 + 4 + 2 + 1.5 + 3)
    marks = [(mark.name, mark.marked_range.start_time.value) for mark in timeline.tracks.markers]
    assert marks == [("MISSING SH030 Title SH030", 216), ("MISSING SH050 Title SH050", 300)]


def test_clips_are_called_as_in_the_zip_of_the_same_cut(project, alice, film, signed_in):
    caller = signed_in(alice)
    for which in ("chosen", "newest"):
        timeline = otio.adapters.read_from_string(
            body(export(caller, project, format="otio", which=which)), "otio_json"
        )
        named = [clip.media_reference.target_url for clip in timeline.find_clips()]
        packed = caller.get(reverse("shots-clips", args=[project.slug]), {"which": which})
        assert f" - cut - {which} - " in packed["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(b"".join(packed))) as archive:
            files = [name for name in archive.namelist() if name.endswith(".mp4")]
            manifest = json.loads(archive.read("manifest.json"))
        assert named == files == [entry["file"] for entry in manifest] and len(files) == (
            2 if which == "chosen" else 3
        )


@pytest.mark.parametrize("rate", ["24", "25", "23.976", "29.97"])
def test_the_timecodes_of_an_edl_add_up(project, alice, film, signed_in, rate):
    Project.objects.filter(pk=project.pk).update(frame_rate=rate)
    text = body(export(signed_in(alice), project, format="edl", which="newest"))
    assert ("FCM: DROP FRAME" in text) == (rate == "29.97")
    exact = float({"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001)}.get(rate, Fraction(rate)))
    codes = re.findall(r"^\d{3}  .*?((?:\d\d:\d\d:\d\d[:;]\d\d ?){4})", text, re.MULTILINE)
    frames = [
        [otio.opentime.from_timecode(code, exact).to_frames() for code in line.split()] for line in codes
    ]
    lengths = [round(seconds * exact) for seconds in (5, 4, 2, 1.5)]
    assert [out - into for into, out, _a, _b in frames] == [lengths[0], lengths[1], lengths[3]]
    assert [end - start for _a, _b, start, end in frames] == [lengths[0], lengths[1], lengths[3]]
    assert "TRUNCATED" not in text and re.findall(r"^\d{3}  (\S+) +V ", text, re.MULTILINE) == [
        "SH010001",
        "SH020002",
        "SH040004",
    ]
    starts = [start for _a, _b, start, _c in frames]
    assert starts == [0, lengths[0], sum(lengths[:3])]


def test_fcp_xml_counts_in_the_timelines_rate_and_knows_the_files_own(project, alice, film, signed_in):
    text = body(export(signed_in(alice), project, format="fcpxml", which="newest"))
    root = ElementTree.fromstring(text)
    assert root.tag == "xmeml" and root.get("version") == "5"
    found = root.findall(".//clipitem")
    places = [tuple(int(item.findtext(name)) for name in ("start", "end", "in", "out")) for item in found]
    assert places == [(0, 120, 0, 120), (120, 216, 0, 96), (264, 300, 0, 36)]
    files = [(item.findtext("file/rate/timebase"), item.findtext("file/duration")) for item in found]
    assert files == [("24", "120"), ("25", "100"), ("30", "45")]
    names = [mark.findtext("name") for mark in root.findall(".//sequence/marker")]
    assert names == ["MISSING SH030 Title SH030", "MISSING SH050 Title SH050"]


@pytest.mark.parametrize("kind", ["otio", "edl", "fcpxml"])
def test_notes_of_one_side_are_markers(project, alice, bob, film, signed_in, kind):
    _made, takes = film
    comments.write(Writer(person=alice), takes[2], body="INSIDE", frame=30)
    guest = Writer(guest=make_guest(project, bob, may_comment=True))
    comments.write(guest, takes[2], body="OUTSIDE", audience="client", frame=3)
    caller = signed_in(alice)
    assert "SIDE" not in body(export(caller, project, format=kind))
    for notes, said, unsaid in (("internal", "INSIDE", "OUTSIDE"), ("client", "OUTSIDE", "INSIDE")):
        answer = export(caller, project, format=kind, notes=notes)
        text = body(answer)
        assert said in text and unsaid not in text and notes in answer["Content-Disposition"]
    if kind == "edl":
        internal = body(export(caller, project, format="edl", notes="internal"))
        assert re.search(r"LOC: 00:00:01:00 RED +OPEN .*INSIDE", internal)  # frame 30 of 30 a second, at 24


def test_what_does_not_fit_says_why(project, alice, signed_in):
    caller = signed_in(alice)
    shots.add(alice, project, Words("A"))
    for kind in ("otio", "edl", "fcpxml"):
        empty = export(caller, project, format=kind)
        assert empty.status_code == 422 and "No shot has a clip yet." in empty.content.decode()
    shot = shots.by_code(project, "A")
    take = make_clip(project)
    shot_takes.move(alice, project, ids([take]), shot)
    Project.objects.filter(pk=project.pk).update(frame_rate="12.5")
    assert "no timecode for 12.5" in export(caller, project, format="edl", which="newest").content.decode()
    assert export(caller, project, format="otio", which="newest").status_code == 200
    assert export(caller, project, format="pdf").status_code == 422


def test_the_list_as_csv_is_read_back_by_an_import(project, alice, film, signed_in):
    text = body(export(signed_in(alice), project, format="csv"))
    lines = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [(line["code"], line["length"], line["chosen"], line["clip_length"]) for line in lines[:3]] == [
        ("SH010", "4", "yes", "5"),
        ("SH020", "", "no", ""),
        ("SH030", "2", "no", ""),
    ]
    url = reverse("shots-import", args=[project.slug])
    seen = signed_in(alice).post(url, {"text": text, "update": "on"})
    assert {line["fate"] for line in seen.context["lines"]} == {"same"}


def test_the_player_gets_clips_and_slates(project, alice, film, signed_in):
    url = reverse("shots-play", args=[project.slug])
    chosen = signed_in(alice).get(url).context["pieces"]
    assert ["clip" in piece for piece in chosen] == [True, False, False, True, False]
    assert [piece["seconds"] for piece in chosen] == [5, 3, 2, 1.5, 3]
    newest = signed_in(alice).get(url, {"which": "newest"}).context["pieces"]
    assert newest[1]["clip"].startswith("/") and not newest[1]["chosen"]
    assert signed_in(alice).get(url, {"which": "other"}).context["which"] == "chosen"


def test_words_that_a_spreadsheet_would_reckon_with_come_back_as_they_were(project, alice, signed_in):
    shots.add(alice, project, Words("-010", "@home", "=1+1"))
    shots.add(alice, project, Words("'020", "It's", "'quoted'"))
    text = body(export(signed_in(alice), project, format="csv"))
    assert ",'-010,'@home," in text
    rows = shot_csv.read(text, Fraction(24))
    plan = shot_import.plan(project, rows, update=True, follow=False)
    assert [line.fate for line in plan.lines] == ["same", "same"]
