"""Notes as files: read back by the library that editors' tools use, exact to the frame, one side each."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest
from django.urls import reverse

from generations.media import rates
from generations.models import Generation
from generations.services import comments
from generations.services.writers import Writer
from tests import factories
from tests.generations.notes import make_clip, make_guest

pytestmark = pytest.mark.django_db
FRAMES = 40_000  # drop-frame timecodes pass numbers over at every minute
ADAPTERS = {"otio": "otio_json", "edl": "cmx_3600", "fcpxml": "fcp_xml"}
RATES = ("24/1", "24000/1001", "25/1", "30000/1001", "60000/1001")


def clip_at(project: Any, rate: str, **fields: Any) -> Generation:
    return make_clip(project, facts={"rate": rate, "frames": FRAMES}, **fields)


def body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def fetch(caller: Any, take: Any, kind: str, side: str = "internal") -> Any:
    return caller.get(reverse("note-file", args=[take.pk]), {"side": side, "format": kind})


def written(project: Any, alice: Any, bob: Any, rate: str) -> Generation:
    take, by = clip_at(project, rate), Writer(person=alice)
    comments.write(by, take, body="Open\nat a minute", frame=1799)
    done = comments.write(by, take, body="Done", frame=1800, frame_end=1850)
    comments.write(Writer(person=bob), take, body="Yes", parent=done)
    comments.resolve(bob, done)
    comments.write(by, take, body="All of it")
    guest = Writer(guest=make_guest(project, bob, may_comment=True))
    comments.write(guest, take, body="SECRET of the client", audience="client", frame=5)
    return take


@pytest.mark.parametrize("kind", ["otio", "fcpxml"])
@pytest.mark.parametrize("rate", RATES)
def test_markers_come_back_at_their_frame(project, alice, bob, signed_in, kind, rate):
    answer = fetch(signed_in(alice), written(project, alice, bob, rate), kind)
    assert "internal notes" in answer["Content-Disposition"] and "SECRET" not in body(answer)
    timeline = otio.adapters.read_from_string(body(answer), ADAPTERS[kind])
    (clip,) = timeline.find_clips()
    told = [
        (
            m.name,
            m.marked_range.start_time.value,
            m.marked_range.duration.value,
            m.marked_range.start_time.rate,
        )
        for m in clip.markers
    ]
    exact = float(Fraction(rate))
    assert [one[:3] for one in told] == [
        ("OPEN Alice Archer: All of it (whole clip)", 0, FRAMES),
        ("OPEN Alice Archer: Open at a minute", 1799, 1),
        (f"DONE Alice Archer: Done (to {rates.timecode(1850, Fraction(rate))})", 1800, 51),
    ]
    assert all(abs(one[3] - exact) < 1e-3 for one in told)
    if kind == "otio":
        assert [m.color for m in clip.markers] == ["RED", "RED", "GREEN"]
        assert clip.markers[2].metadata["video_studio"]["replies"][0]["note"] == "Yes"


@pytest.mark.parametrize("rate", RATES)
def test_an_edl_has_the_timecodes_that_the_player_shows(project, alice, bob, signed_in, rate):
    text, exact = body(fetch(signed_in(alice), written(project, alice, bob, rate), "edl")), Fraction(rate)
    assert ("FCM: DROP FRAME" in text) == (rate in ("30000/1001", "60000/1001")) and "SECRET" not in text
    marks = re.findall(r"^\* LOC: (\S+) (RED|GREEN) +(OPEN|DONE)", text, re.MULTILINE)
    assert marks == [
        (rates.timecode(0, exact), "RED", "OPEN"),
        (rates.timecode(1799, exact), "RED", "OPEN"),
        (rates.timecode(1800, exact), "GREEN", "DONE"),
    ]
    found = [otio.opentime.from_timecode(code, float(exact)).to_frames() for code, _colour, _state in marks]
    assert found == [0, 1799, 1800]
    (clip,) = otio.adapters.read_from_string(text, "cmx_3600", rate=float(exact)).find_clips()
    assert clip.source_range.duration.to_frames() == FRAMES


def test_kinds_that_have_one_rate_say_so(project, alice, signed_in):
    takes = [clip_at(project, rate) for rate in ("24/1", "25/1", "25/2")]
    for take in takes:
        comments.write(Writer(person=alice), take, body="x", frame=3)
    caller, url = signed_in(alice), reverse("gallery-notes", args=[project.slug])
    several = {"take": [take.pk for take in takes[:2]], "side": "internal"}
    for kind in ("edl", "fcpxml"):
        assert "several frame rates" in caller.post(url, {**several, "format": kind}).content.decode()
        assert fetch(caller, takes[2], kind).status_code == 422
    timeline = otio.adapters.read_from_string(
        body(caller.post(url, {**several, "format": "otio"})), "otio_json"
    )
    assert [clip.markers[0].marked_range.start_time.rate for clip in timeline.find_clips()] == [24, 25]
    assert fetch(caller, takes[2], "otio").status_code == 200


def test_csv_of_chosen_takes_guards_its_cells(project, alice, bob, signed_in):
    take, quiet = clip_at(project, "30000/1001"), clip_at(project, "24/1")
    by = Writer(person=alice)
    note = comments.write(by, take, body='=HYPERLINK("x")', frame=1800, checklist=["-a"])
    comments.write(Writer(person=bob), take, body="+1\nline", parent=note)
    guest = Writer(guest=make_guest(project, bob, name="@Anna", may_comment=True))
    comments.write(guest, take, body="Brighter", audience="client")
    caller, url = signed_in(alice), reverse("gallery-notes", args=[project.slug])
    chosen = {"take": [take.pk, quiet.pk], "format": "csv"}
    asked = caller.post(url, {"take": [take.pk, quiet.pk]}).content.decode()
    assert asked.count(f'value="{take.pk}"') == 1 and "Whose notes" in asked
    internal = list(
        csv.DictReader(io.StringIO(body(caller.post(url, {**chosen, "side": "internal"})).lstrip("\ufeff")))
    )
    assert [(row["note"], row["reply"], row["timecode"]) for row in internal] == [
        ('\'=HYPERLINK("x")', "no", "00:01:00;02"),
        ("'+1\nline", "yes", "00:01:00;02"),
    ]
    assert internal[0]["checklist"] == "[ ] -a" and {row["side"] for row in internal} == {"internal"}
    (client,) = csv.DictReader(
        io.StringIO(body(caller.post(url, {**chosen, "side": "client"})).lstrip("\ufeff"))
    )
    assert (client["by"], client["note"], client["is_guest"]) == ("'@Anna", "Brighter", "yes")


def test_all_that_match_and_nothing_of_other_projects(project, alice, charlie, signed_in):
    mine, foreign = clip_at(project, "24/1"), clip_at(factories.make_project(charlie), "24/1")
    comments.write(Writer(person=alice), mine, body="Mine")
    comments.write(Writer(person=charlie), foreign, body="Foreign")
    caller, url = signed_in(alice), reverse("gallery-notes", args=[project.slug])
    whole = {"side": "internal", "format": "csv"}
    for chosen in ({"every": "1", "of": ""}, {"take": [mine.pk, foreign.pk]}):
        text = body(caller.post(url, {**chosen, **whole}))
        assert "Mine" in text and "Foreign" not in text
    assert caller.post(url, {"take": [mine.pk], "side": "client", "format": "otio"}).status_code == 422
    assert caller.post(url, {"take": [mine.pk], "side": "both", "format": "csv"}).status_code == 422


def test_only_what_can_be_made_is_offered(project, alice, signed_in):
    odd, plain = clip_at(project, "37/1"), clip_at(project, "24/1")
    caller, url = signed_in(alice), reverse("gallery-notes", args=[project.slug])

    def offered(take: Any) -> set[str]:
        page = caller.get(take.get_absolute_url()).content.decode()
        links = set(re.findall(r"/notes\.?[^\"]*\?side=(\w+)&amp;format=(\w+)", page))
        for side, kind in links:
            assert fetch(caller, take, kind, side).status_code == 200
        return {f"{side} {kind}" for side, kind in links}

    assert offered(plain) == set()
    empty = caller.post(url, {"take": [plain.pk]}).content.decode()
    assert empty.count("There are no notes on this side.") == 2 and 'primary" disabled' in empty
    for take in (odd, plain):
        comments.write(Writer(person=alice), take, body="x", audience="client", frame=3)
    assert offered(odd) == {"client csv", "client otio"}
    assert offered(plain) == {f"client {kind}" for kind in ("csv", *ADAPTERS)}
    page = caller.post(url, {"take": [plain.pk]}).content.decode()
    assert 'value="internal" disabled' in page and 'value="client" checked' in page
