"""Nothing of the studio reaches a guest: all that one can get is searched for marked words, the bytes of
every file included. The clip is a real one, with words in its container as gateways write them there."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from generations import media
from generations.media import bare, probe
from generations.models import Comment, Generation, GuestCopy, Output, ShareLink, Shot, Tag, Tagging
from generations.services import comments, guest_copies, proxies, shares, shot_takes, shots
from generations.services.shares import Chosen, Terms
from generations.services.writers import Writer
from generations.storage import media_store
from generations.tokens import hashed
from tests import factories
from tests import media_files as make
from tests.generations.shared import Caller, guest_at, make_clip, make_take, note_key, take_key

pytestmark = pytest.mark.django_db
ALL = {"may_comment": True, "may_approve": True, "may_download": True}
MARK = "zqsecret"


def word(text: str) -> list[dict[str, Any]]:
    return [{"tool": "text", "colour": "red", "points": [[0.5, 0.5]], "text": text}]


@pytest.fixture
def marked(project: Any, tmp_path: Path) -> Any:
    """A take of which every word that the team knows is marked, and its neighbour in the project."""
    author = factories.make_user(username=f"{MARK}author", display_name=f"{MARK} Author")
    factories.add_member(project, author)
    account = factories.make_account(name=f"{MARK} account", base_url=factories.CLOSED_PORT)
    model = factories.make_model(account=account, label=f"{MARK} model", wire_id=f"{MARK}-wire")
    take = make_clip(
        project,
        tmp_path,
        words=f"{MARK} words in the container",
        user_data=f"{MARK} words in the stream",
        author=author,
        model=model,
        prompt=f"{MARK} prompt",
        recipe={"seed": 987654321, "note": f"{MARK} recipe"},
        request={"prompt": f"{MARK} prompt", "seed": 987654321},
        held_usd=Decimal("77.123456"),
        job_id=f"{MARK}job",
        stars=Decimal("3.77"),
        mark="pick",
    )
    Tagging.objects.create(generation=take, tag=Tag.objects.create(project=project, name=f"{MARK} tag"))
    shot = shots.add(
        project.created_by, project, shots.Words(f"{MARK} SH010", f"{MARK} title", f"{MARK} notes")
    )
    shot_takes.move(project.created_by, project, [take.pk], shot)
    shot_takes.choose(project.created_by, project, shot, take.pk)
    drawn = word(f"{MARK} in the picture")
    comments.write(Writer(person=author), take, body=f"{MARK} internal note", frame=3, drawing=drawn)
    for_you = {"body": "For you", "audience": "client", "drawing": word("look here")}
    comments.write(Writer(person=project.created_by), take, **for_you, frame=5, frame_end=9)
    return take


def everything(caller: Caller, key: str) -> dict[str, bytes]:
    """Every answer that a guest of this link can get, with its headers."""
    got = {"door": Caller(caller.token).get()}
    files = [f"/{key}/{kind}" for kind in ("video", "poster", "small", "strip")]
    for rest in ("", f"/{key}", f"/{key}/live", *files):
        got[rest] = caller.get(rest)
    got["download"] = caller.get(f"/{key}/download")
    got["part"] = caller.get(f"/{key}/video", range="bytes=0-")
    got["who"] = caller.get("/who")
    share = ShareLink.objects.get(token_sha256=hashed(caller.token))
    for note in Comment.objects.all():
        got[f"drawing of {note.body}"] = caller.get(f"/{key}/notes/{note_key(share, note)}/drawing")
    got["note"] = caller.post(f"/{key}/notes", body="Warmer, please", name="Helen", frame="7")
    got["too far"] = caller.post(f"/{key}/notes", body="Beyond", frame="99999")
    got["no review"] = caller.post(f"/{key}/decide", review="rejected", seen=caller.seen(key))
    got["decided"] = caller.post(f"/{key}/decide", review="approved", seen=caller.seen(key))
    got["after"] = caller.get(f"/{key}")
    return {name: _all_of(answer) for name, answer in got.items()}


def _all_of(answer: Any) -> bytes:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.status_code} {dict(answer.headers)} {answer.cookies}".encode() + body


@pytest.mark.parametrize("with_proxy", [False, True])
def test_no_marked_word_and_no_id_reaches_a_guest(with_proxy, marked, project, alice):
    if with_proxy:
        proxies.make(media_store(), marked, marked.outputs.get(kind="video"))
    hidden = make_take(project, prompt=f"{MARK} other")
    share, token = shares.make(alice, project, Terms("First Light", **ALL), takes=[Chosen(marked.pk)])
    theirs = Terms(f"{MARK} other share", **ALL)
    other, other_token = shares.make(alice, project, theirs, takes=[Chosen(marked.pk)])
    note = {"body": f"{MARK} of others", "name": f"{MARK} Guest", "frame": "4"}
    note["drawing"] = json.dumps(word(f"{MARK} drawn by others"))
    assert guest_at(other_token).post(f"/{take_key(other, marked)}/notes", **note).status_code == 302
    found = everything(guest_at(token), key := take_key(share, marked))
    assert b"look here" in found["drawing of For you"] and found["drawing of For you"].startswith(b"200")
    closed = [name for name in found if name.startswith(f"drawing of {MARK}")]
    assert len(closed) == 2 and all(found[name].startswith(b"404") for name in closed)
    assert all(found[name].startswith(b"200") for name in (f"/{key}/video", "download", "after"))
    assert found["decided"].startswith(b"302") and b"Approved by you" in found["after"]
    assert b"Warmer, please" in found["after"] and b"For you" in found["after"]
    assert b"First Light 01.mp4" in found["download"]
    clip = marked.outputs.get(kind="video")
    kept = media_store().path(clip.file).read_bytes()  # members keep the original
    assert f"{MARK} words in the container".encode() in kept
    assert f"{MARK} words in the stream".encode() in kept
    words = [MARK, "987654321", "77.12", clip.sha256, "token360", "/p/", "/t/"]
    rows = [marked, marked.author, marked.model, marked.account, project, hidden, share, other, alice]
    ids = [form for row in rows for form in (str(row.pk), row.pk.hex)]
    ids += [str(Shot.objects.get().pk), Shot.objects.get().pk.hex]
    ids += [str(marked.batch_id), marked.author.username, alice.username, project.name, project.slug]
    for name, answer in found.items():
        hits = [word for word in words + ids if word.encode() in answer]
        assert not hits, (name, hits)
        assert not re.search(rb"(?<!\d)3\.77", answer), name  # its stars; a time may be 43.77 seconds
        assert b"noindex" in answer and b"no-referrer" in answer and b"no-store" in answer


def test_the_copy_for_guests_has_the_same_frames_and_no_metadata(marked, tmp_path):
    import av

    clip, copy = marked.outputs.get(kind="video"), marked.guest_copy
    path = media_store().path(copy.file)
    with av.open(str(path)) as film:
        told = {**film.metadata, **{k: v for track in film.streams for k, v in track.metadata.items()}}
    assert not {name for name in told if name in ("title", "comment", "artist", "encoder", "description")}
    whole, bare = (probe(media_store().path(row.file), mime="video/mp4") for row in (clip, copy))
    assert (bare.frames, bare.rate, bare.start_s, bare.has_audio) == (
        whole.frames,
        whole.rate,
        whole.start_s,
        whole.has_audio,
    )
    assert b"uuid" not in path.read_bytes()
    GuestCopy.objects.update(facts={})  # as rules of before have made it
    take = Generation.objects.get(pk=marked.pk)
    assert guest_copies.ready(take) is None and guest_copies.ask_for([take]) == 1
    guest_copies.make(take.pk)
    assert guest_copies.ready(Generation.objects.get(pk=take.pk))


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (media.Unplayable("It cannot be read."), 1),
        (media.MediaToolError("no answer"), guest_copies.MOST_TRIES),
        (OSError("the disk is full"), guest_copies.MOST_TRIES),
    ],
)
def test_a_copy_of_before_goes_though_no_other_can_be_made(project, tmp_path, monkeypatch, error, tries):
    take = make_clip(project, tmp_path)
    before = media_store().path(take.guest_copy.file)
    GuestCopy.objects.update(facts={}, rung_at=None)

    def breaks(*_paths):
        raise error

    monkeypatch.setattr(guest_copies.media, "bare", breaks)
    for number in range(1, tries + 1):
        now = Generation.objects.get(pk=take.pk)
        assert not guest_copies.is_settled(now) and guest_copies.ask_for([now]) == 1, "it may pass"
        GuestCopy.objects.update(rung_at=None)
        guest_copies.make(take.pk)
        assert not before.exists() and not guest_copies.files_of(take), number
    assert guest_copies.cannot_be(Generation.objects.get(pk=take.pk))
    assert guest_copies.ask_for([Generation.objects.get(pk=take.pk)]) == 0


def test_a_clip_that_is_not_copied_yet_is_not_served(project, alice):
    take = make_take(project)
    take.guest_copy.delete()
    share, token = shares.make(alice, project, Terms("First Light", **ALL), takes=[Chosen(take.pk)])
    caller, key = guest_at(token), take_key(share, take)
    assert b"being prepared" in caller.get().content
    assert caller.get(f"/{key}/video").status_code == caller.get(f"/{key}/download").status_code == 404
    take.outputs.filter(kind=Output.Kind.VIDEO).update(sha256="f" * 64)  # the clip was put right meanwhile
    assert caller.get(f"/{key}/video").status_code == 404


def test_members_preview_shows_the_same_writes_nothing_and_counts_no_view(marked, alice, bob, signed_in):
    share, token = shares.make(alice, marked.project, Terms("First Light", **ALL), takes=[Chosen(marked.pk)])
    client: Client = signed_in(bob)
    root, key = f"/shares/{share.pk}/preview", take_key(share, marked)
    page = client.get(root)
    assert page.status_code == 200 and b"For you" in page.content and MARK.encode() not in page.content
    assert client.get(f"{root}/{key}/video").status_code == 200
    told, among_us = (Comment.objects.get(audience=side) for side in ("client", "internal"))
    drawing = client.get(f"{root}/{key}/notes/{note_key(share, told)}/drawing")
    assert drawing.json() == {"shapes": word("look here")} and "no-store" in drawing["Cache-Control"]
    assert client.get(f"{root}/{key}/notes/{note_key(share, among_us)}/drawing").status_code == 404
    assert client.post(f"{root}/{key}/notes", {"body": "x"}).status_code == 404
    assert client.get(f"{root}/{'0' * 16}").status_code == 404
    assert not ShareLink.objects.get().guests.exists() and ShareLink.objects.get().views == 0
    client.post(f"/s/{token}")  # a member who opens the link is a guest there
    assert f"/shares/{share.pk}" in client.get(f"/s/{token}").content.decode()
    assert f"/shares/{share.pk}" not in guest_at(token).get().content.decode()
    assert ShareLink.objects.get().views == 2


def _kinds(folder: Path) -> dict[str, Path]:
    film = Fraction(24000, 1001)
    return {
        "mp4": make.make_mp4(folder / "plain.mp4", audio=True),
        "turned": make.make_mp4(folder / "turned.mp4", rotation=90),
        "mov": make.make_mp4(folder / "clip.mov", audio=True),
        "webm": make.make_webm(folder / "clip.webm", audio=True),
        "hevc": make.make_hevc(folder / "clip-hevc.mov"),
        "reordered": make.make_numbered(folder / "numbered.mp4", film, bframes=2, audio=True),
        "late": make.make_numbered(folder / "late.mp4", 24, bframes=2, shift=3, gop=48),
    }


def _pictures(path: Path) -> list[bytes]:
    import av

    with av.open(str(path)) as film:
        return [bytes(frame.planes[0]) for frame in film.decode(video=0)]


def test_copies_of_every_container_have_the_same_frames(tmp_path):
    """Pictures and sound are as before, so that notes stand on the same frames; encoders' words are gone."""
    for name, path in _kinds(tmp_path).items():
        whole, out = probe(path), tmp_path / f"bare-{name}{path.suffix}"
        made = bare(path, out)
        assert _pictures(out) == _pictures(path), name
        assert not [word for word in (b"x264", b"x265") if word in out.read_bytes()], name
        for fact in ("mime", "frames", "hidden", "rate", "width", "height", "has_audio"):
            assert getattr(made, fact) == getattr(whole, fact), (name, fact)
        # the container counts otherwise; the player counts from the copy's own first frame
        assert made.start_s == pytest.approx(whole.start_s, abs=0.001)
