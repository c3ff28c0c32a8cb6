"""A shot list that is taken over: what it would do is told first; then all of it happens, or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generations.models import Shot
from generations.services import shots
from generations.services.shots import Words

from .desk import codes

pytestmark = pytest.mark.django_db
LIST = "Shot,Title,Length,Notes\nSH020,Rope,3,\nSH030,Sail,,\nSH010,Dawn,4,Low\n"


@pytest.fixture
def url(project):
    return reverse("shots-import", args=[project.slug])


@pytest.fixture
def there(project, alice):
    rows = [Words("SH010", "Dawn", "Low", Decimal(4)), Words("sh020", "Old", "", Decimal(3)), Words("SH900")]
    return shots.add_all(alice, project, rows)


def fates(answer):
    return [(line["fate"], line["code"]) for line in answer.context["lines"]]


def test_first_it_is_told_then_it_is_done(url, project, bob, there, signed_in):
    caller, file = signed_in(bob), SimpleUploadedFile("list.csv", LIST.encode())
    seen = caller.post(url, {"file": file, "update": "on"})
    assert fates(seen) == [("changes", "sh020"), ("new", "SH030"), ("same", "SH010")]
    assert seen.context["lines"][0]["changes"][0]["old"] == "Old" and codes(project) == [
        "SH010",
        "sh020",
        "SH900",
    ]
    version, text = seen.context["plan"].version, seen.context["text"]
    done = caller.post(url, {"text": text, "update": "on", "seen": version})
    assert done.status_code == 302 and codes(project) == ["SH010", "sh020", "SH900", "SH030"]
    assert Shot.objects.get(code="sh020").title == "Rope"


def test_columns_that_are_not_read_are_named(url, bob, signed_in):
    caller = signed_in(bob)
    assert "not read: Lens, Crew" in caller.post(url, {"text": "Shot,Lens,Crew\nA,5,x"}).content.decode()
    assert "not read" not in caller.post(url, {"text": LIST}).content.decode()


def test_shots_that_are_there_are_left_and_the_order_follows_where_that_is_ticked(
    url, project, bob, there, signed_in
):
    caller = signed_in(bob)
    seen = caller.post(url, {"text": LIST, "follow": "on"})
    assert fates(seen)[0] == ("left", "sh020") and seen.context["plan"].moves == 2
    caller.post(url, {"text": LIST, "follow": "on", "seen": seen.context["plan"].version})
    assert codes(project) == ["sh020", "SH030", "SH010", "SH900"]
    assert Shot.objects.get(code="sh020").title == "Old"


def test_one_bad_line_and_nothing_is_done(url, project, bob, signed_in):
    bad = "Code,Length\nA,1\nB,four\na,2\n,3\n" + "x" * 41 + ",1\nC,-1\nD,5000\n"
    seen = signed_in(bob).post(url, {"text": bad})
    whys = [line["why"] for line in seen.context["lines"]]
    assert [bool(why) for why in whys] == [False] + [True] * 6 and "line 2 already" in whys[2]
    assert not seen.context["plan"].can_go and 'name="seen"' not in seen.content.decode()
    version = seen.context["plan"].version
    forced = signed_in(bob).post(url, {"text": bad, "seen": version})
    assert forced.status_code == 409 and "Line 3:" in forced.content.decode() and not codes(project)


def test_where_nothing_would_change_there_is_nothing_to_press(url, bob, there, signed_in):
    caller = signed_in(bob)
    same = caller.post(url, {"text": "Code\nSH010\nSH020", "follow": "on"}).content.decode()
    assert "Nothing would change." in same and 'name="seen"' not in same
    moved = caller.post(url, {"text": "Code\nSH020\nSH010", "follow": "on"}).content.decode()
    assert "Take over the order" in moved and "Nothing would change." not in moved


def test_a_list_that_changed_meanwhile_is_looked_at_again(url, project, alice, bob, there, signed_in):
    seen = signed_in(bob).post(url, {"text": LIST, "update": "on"}).context["plan"].version
    shots.add(alice, project, Words("SH030", "Hers"))
    answer = signed_in(bob).post(url, {"text": LIST, "update": "on", "seen": seen})
    assert answer.status_code == 409 and "changed meanwhile" in answer.content.decode()
    assert fates(answer)[1] == ("changes", "SH030") and Shot.objects.get(code="SH030").title == "Hers"


def test_a_file_that_is_no_list_says_why_on_the_page(url, bob, signed_in):
    for file in (b"\x00\x01\x02", b"Lens\n5\n", b""):
        answer = signed_in(bob).post(url, {"file": SimpleUploadedFile("x.csv", file)})
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    answer = signed_in(bob).post(url, {"text": "Code\n\x00A"})
    assert answer.status_code == 422 and "autofocus" in answer.content.decode()


def test_what_was_refused_is_still_there_to_be_mended(url, bob, signed_in):
    caller = signed_in(bob)
    pasted = caller.post(url, {"text": "Lens\n5 mm\n", "follow": "on"})
    assert pasted.context["form"]["text"].value() == "Lens\n5 mm\n"
    assert pasted.context["form"]["follow"].value()
    sent = caller.post(url, {"file": SimpleUploadedFile("x.csv", b"Lens\n5 mm\n")})
    assert sent.context["form"]["text"].value() == "Lens\n5 mm\n"
    assert "stands below" in sent.context["problem"]
    broken = caller.post(url, {"file": SimpleUploadedFile("x.csv", b"\x00\x01"), "text": "Code\nA"})
    assert broken.context["form"]["text"].value() == "Code\nA"
    assert "Choose a file again" in broken.context["problem"]


def test_a_project_holds_so_many_shots(url, project, bob, there, signed_in, monkeypatch):
    monkeypatch.setattr(shots, "MOST", 3)
    seen = signed_in(bob).post(url, {"text": LIST, "update": "on"})
    assert fates(seen) == [("changes", "sh020"), ("cannot", "SH030"), ("same", "SH010")]


def test_words_of_a_list_are_words(url, bob, project, signed_in):
    text = 'Code,Title\n<b>A</b>,"=HYPERLINK(""x"")<script>"\n'
    seen = signed_in(bob).post(url, {"text": text})
    assert "<script>" not in seen.content.decode().split("<tbody>")[1]
    signed_in(bob).post(url, {"text": text, "seen": seen.context["plan"].version})
    assert "<b>A</b>" not in signed_in(bob).get(reverse("shots", args=[project.slug])).content.decode()
    whole = b"".join(signed_in(bob).get(reverse("shots-export", args=[project.slug]), {"format": "csv"}))
    assert b"'=HYPERLINK" in whole
