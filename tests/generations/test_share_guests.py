"""What guests write and decide, who they say they are, and what the team hears of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from generations import tasks
from generations.models import Comment, Decision, Guest, Notification, Review, Verification
from generations.services import comments, guest_codes, shares
from generations.services.writers import Writer
from tests import factories
from tests.generations.shared import Caller, guest_at, make_take, note_key, share_of, take_key

pytestmark = pytest.mark.django_db
ALL = {"may_comment": True, "may_approve": True}


@pytest.fixture
def take(project: Any) -> Any:
    return make_take(project)


@pytest.fixture
def link(take: Any) -> Any:
    return share_of(take, **ALL)


@pytest.fixture
def no_mail(settings: Any) -> None:
    settings.MAIL = False


@pytest.fixture
def with_mail(settings: Any, monkeypatch: Any) -> None:
    """Bells ring at once, as the queue would a moment later."""
    settings.MAIL = True
    run = {"generations.tasks.mail_guest_code": tasks.mail_guest_code}
    monkeypatch.setattr(
        "generations.services.ring.async_task",
        lambda path, *ids, **_more: run.get(path, lambda *_: None)(*ids),
    )


def test_a_note_stands_on_its_frame_under_a_name_and_the_team_hears(link, take, alice):
    share, token = link
    caller, rest = guest_at(token), f"/{take_key(share, take)}/notes"
    assert caller.post(rest, body="Warmer").status_code == 422  # nameless
    assert caller.post(rest, body="Warmer", name="  Helen  Brandt ", frame="7").status_code == 302
    note = Comment.objects.get()
    assert (note.author_name, note.frame, note.audience) == ("Helen Brandt", 7, "client")
    assert caller.post(rest, body="More", name="Somebody Else").status_code == 302
    assert {one.author_name for one in Comment.objects.all()} == {"Helen Brandt"}
    assert Notification.objects.filter(person=alice).count() == 2
    take.refresh_from_db()
    assert take.review_no == 2
    for body, status in (
        ({"body": "x", "frame": "120"}, 422),
        ({"body": "x" * 5001}, 422),
        ({"body": " "}, 422),
    ):
        assert caller.post(rest, **body).status_code == status


def test_a_guest_draws_within_the_studios_limits_and_sees_it_on_its_frame(link, take, alice):
    share, token = link
    caller, rest = guest_at(token), f"/{take_key(share, take)}/notes"
    pen = {"tool": "pen", "colour": "yellow", "points": [[0.1, 0.2], [0.3, 0.4]]}
    many = {**pen, "points": [[0.5, 0.5]] * 4001}
    for drawing in ("[[[", json.dumps([pen] * 41), json.dumps([many]), "[" * 100_000):
        assert caller.post(rest, name="Helen", frame="3", drawing=drawing).status_code == 422
    assert caller.post(rest, name="Helen", drawing=json.dumps([pen])).status_code == 422  # on which frame?
    assert caller.post(rest, name="Helen", frame="3", drawing=json.dumps([pen])).status_code == 302
    note = Comment.objects.get()
    assert (note.frame, note.body, note.drawing) == (3, "", [pen])
    page = caller.get(f"/{take_key(share, take)}").content.decode()
    (address,) = re.findall(r'data-drawing-url="([^"]+)"', page)
    assert caller.client.get(address).json() == {"shapes": [pen]}
    assert 'data-frame="3"' in page and "data-note-draw" in page
    assert caller.post(f"{rest}/take-back", note=note_key(share, note)).status_code == 302
    assert caller.client.get(address).status_code == 404


def test_guests_answer_what_they_read_and_nothing_else(link, take, alice):
    share, token = link
    team, hidden = (
        comments.write(Writer(person=alice), take, body=body, audience=side)
        for body, side in (("For you", "client"), ("Among us", "internal"))
    )
    other, other_token = share_of(take, **ALL)
    stranger = guest_at(other_token)
    stranger.post(f"/{take_key(other, take)}/notes", body="Of others", name="Olga Other")
    theirs = Comment.objects.get(guest__share=other)
    caller, rest = guest_at(token), f"/{take_key(share, take)}/notes"
    assert caller.post(rest, body="Thanks", name="Helen", to=note_key(share, team)).status_code == 302
    for note in (hidden, theirs):
        assert caller.post(rest, body="x", to=note_key(share, note)).status_code == 409
        assert caller.post(rest, body="x", to=str(note.pk)).status_code == 409
        assert caller.post(f"{rest}/take-back", note=note_key(share, note)).status_code == 409
    assert caller.post(f"{rest}/take-back", note=note_key(share, team)).status_code == 403
    page = caller.get(f"/{take_key(share, take)}").content.decode()
    assert "For you" in page and "Thanks" in page and "Of others" not in page and "Among us" not in page
    assert "Thanks" not in stranger.get(f"/{take_key(other, take)}").content.decode()


def test_a_guest_takes_back_what_is_theirs_alone(link, take):
    share, token = link
    first, second, rest = guest_at(token), guest_at(token), f"/{take_key(share, take)}/notes"
    first.post(rest, body="Mine", name="Helen")
    key = note_key(share, Comment.objects.get())
    assert b"Mine" in second.get(f"/{take_key(share, take)}").content  # of the same link
    assert second.post(f"{rest}/take-back", note=key).status_code == 403
    assert first.post(f"{rest}/take-back", note=key).status_code == 302
    assert Comment.objects.get().deleted_at and b"Mine" not in second.get("").content


def test_the_page_is_told_of_what_the_team_says_and_of_nothing_internal(link, take, alice):
    share, token = link
    caller, address = guest_at(token), f"/{take_key(share, take)}/live"

    def version() -> str:
        return re.findall(r'data-version="(\w+)"', caller.get(address).content.decode())[0]

    first = version()
    assert caller.get(f"{address}?v={first}").status_code == 204
    comments.write(Writer(person=alice), take, body="Among us")
    assert caller.get(f"{address}?v={first}").status_code == 204
    comments.write(Writer(person=alice), take, body="For you", audience="client")
    assert b"For you" in caller.get(f"{address}?v={first}").content
    second = version()
    type(take).objects.update(review=Review.APPROVED)  # among themselves: the client still decides
    assert caller.get(f"{address}?v={second}").status_code == 204


def test_without_mail_an_approval_stands_under_an_unverified_name(link, take, no_mail):
    share, token = link
    caller, key = guest_at(token), take_key(share, take)
    seen = caller.seen(key)
    nameless = caller.post("/who", take=key, review="approved", seen=seen, code="123456")
    assert nameless.status_code == 422 and not Decision.objects.exists()
    asked = caller.post(f"/{key}/decide", review="approved", seen=seen)
    assert asked.status_code == 302 and "/who?" in asked["Location"] and not Decision.objects.exists()
    page = caller.client.get(asked["Location"]).content.decode()
    assert "mail address" not in page and page.count(" autofocus") == 1 and f'/{key}#decide"' in page
    done = caller.post("/who", take=key, review="approved", seen=seen, name="Helen")
    assert done.status_code == 302
    decision = Decision.objects.get()
    assert (decision.person_name, decision.verified_by) == ("Helen", Verification.NAME)
    take.refresh_from_db()
    assert (take.client_review, take.review, take.signed_at) == (Review.APPROVED, "", None)
    page = caller.get(f"/{key}").content.decode()
    assert "Approved by you" in page and 'value="back-approved"' in page
    assert caller.post(f"/{key}/decide", review="back-changes", seen=seen).status_code == 409
    back = caller.post(f"/{key}/decide", review="back-approved", seen=seen)
    assert back.status_code == 302
    page = caller.get(f"/{key}").content.decode()
    assert "Approved by you" not in page and 'value="back-' not in page
    assert caller.post(f"/{key}/decide", review="back-approved", seen=seen).status_code == 409
    assert caller.post(f"/{key}/decide", review="back-", seen=seen).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_a_code_by_mail_confirms_who_approves(project, with_mail):
    take = make_take(project)
    share, token = share_of(take, **ALL)
    caller, key = guest_at(token), take_key(share, take)
    kept = {"take": key, "review": "approved", "seen": caller.seen(key)}
    assert caller.post("/who", **kept, name="Helen", email="no address").status_code == 422
    sent = caller.post("/who", **kept, name="Helen", email="helen@example.com")
    assert sent.status_code == 200 and not Decision.objects.exists()
    (message,) = mail.outbox
    code = re.findall(r"\b\d{6}\b", message.body)[0]
    assert message.to == ["helen@example.com"] and code not in str(Guest.objects.values())
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert caller.post("/who", **kept, code=wrong).status_code == 422
    assert caller.post(f"/{key}/decide", **kept)["Location"].count("/who?")  # still not confirmed
    assert caller.post("/who", **kept, code=f" {code[:3]} {code[3:]} ").status_code == 302
    assert Decision.objects.get().verified_by == Verification.MAIL
    assert caller.post(f"/{key}/decide", review="changes", seen=kept["seen"]).status_code == 302
    assert Decision.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_code_holds_for_a_while_and_for_five_tries(project, with_mail):
    share, _token = share_of(make_take(project), **ALL)
    guest = Guest.objects.create(share=share, name="Helen", key_sha256="0" * 64)
    guest_codes.ask(guest, "helen@example.com", "198.51.100.1")
    with pytest.raises(guest_codes.TooOften):
        guest_codes.ask(guest, "victim@example.com", "198.51.100.1")
    code = re.findall(r"\b\d{6}\b", mail.outbox[0].body)[0]
    Guest.objects.update(code_until=timezone.now() - timedelta(seconds=1))
    assert not guest_codes.check(guest, code)
    Guest.objects.update(code_until=timezone.now() + timedelta(minutes=1))
    assert not any(guest_codes.check(guest, "nothing") for _ in range(5))
    assert not guest_codes.check(guest, code)
    Guest.objects.update(code_tries=0)
    assert guest_codes.check(guest, code) and not guest_codes.check(guest, code)
    for _ in range(3):
        Guest.objects.update(code_asked_at=None)
        guest.refresh_from_db()
        guest_codes.ask(guest, "helen@example.com", "198.51.100.1")
    Guest.objects.update(code_asked_at=None)
    with pytest.raises(guest_codes.TooOften):  # five mails a minute from one address
        guest_codes.ask(guest, "helen@example.com", "198.51.100.1")


def test_a_decision_is_of_the_clip_that_was_seen(link, take, no_mail):
    share, token = link
    caller, key = guest_at(token), take_key(share, take)
    seen = caller.seen(key)
    caller.post(f"/{key}/notes", body="Hi", name="Helen")
    take.outputs.filter(kind="video").update(sha256="f" * 64)
    assert caller.post(f"/{key}/decide", review="approved", seen=seen).status_code == 409
    assert caller.post(f"/{key}/decide", review="rejected", seen=caller.seen(key)).status_code == 422
    type(take).objects.update(signed_at=timezone.now())
    assert caller.post(f"/{key}/decide", review="approved", seen=caller.seen(key) or seen).status_code == 409
    assert not Decision.objects.exists()


def test_an_archived_project_takes_nothing_new_from_guests(link, take, project, no_mail):
    share, token = link
    caller, key = guest_at(token), take_key(share, take)
    caller.post(f"/{key}/notes", body="Hi", name="Helen")
    project.archived_at = timezone.now()
    project.save()
    assert caller.get(f"/{key}").status_code == 200 and not caller.seen(key)
    assert caller.post(f"/{key}/notes", body="More").status_code == 403
    assert Comment.objects.count() == 1


# --- the team's side ----------------------------------------------------------------------------


def test_the_team_makes_changes_and_revokes_a_link(take, project, bob, signed_in, admin):
    from providers.models import AuditEvent

    client = signed_in(bob)
    choose = client.post(f"/p/{project.slug}/shares/new", {"take": [take.pk]})  # from the gallery's bar
    assert choose.status_code == 200 and b"Share 1 take" in choose.content
    body = {
        "take": [take.pk],
        "title": "First Light",
        "passphrase": "open 9",
        f"caption-{take.pk}": "SH010 Pad",
    }
    assert client.post(f"/p/{project.slug}/shares/new", {**body, "title": " "}).status_code == 422
    made = client.post(f"/p/{project.slug}/shares/new", {**body, "expires_on": "2000-01-01"})
    assert made.status_code == 422
    made = client.post(f"/p/{project.slug}/shares/new", body)
    token = re.findall(r'value="http://testserver/s/([\w-]{43})"', made.content.decode())[0]
    share = made.context["share"]
    assert token not in str(vars(share)) and (share.may_comment, share.may_approve) == (False, False)
    assert b"SH010 Pad" in guest_at(token, "open 9").get().content
    assert token not in client.get(f"/shares/{share.pk}").content.decode()
    saved = client.post(
        f"/shares/{share.pk}", {"title": "Second Light", "may_comment": "on", "most_views": "1"}
    )
    assert saved.status_code == 302
    assert b"gave no name" in client.get(f"/shares/{share.pk}").content
    assert Caller(token).enter("open 9").status_code == 404  # used up
    again = client.post(f"/shares/{share.pk}/renew")
    assert re.search(r"/s/[\w-]{43}", again.content.decode())
    assert client.post(f"/shares/{share.pk}/revoke").status_code == 302
    for verb in ("", "/renew"):
        assert client.post(f"/shares/{share.pk}{verb}", {"title": "x"}).status_code == 409
    assert b"Revoked" in client.get(f"/p/{project.slug}/shares").content
    lines = AuditEvent.objects.filter(subject="share")
    assert [line.verb for line in lines.order_by("id")] == ["made", "changed", "renewed", "revoked"]
    assert not [line for line in lines if token in str(vars(line)) or "open 9" in str(vars(line))]


def test_who_may_not_share_finds_no_links(link, take, project, charlie, signed_in):
    share, _token = link
    reviewer = factories.make_user()
    factories.add_member(project, reviewer, "reviewer")
    for person, code in ((reviewer, 403), (charlie, 404)):
        client = signed_in(person)
        assert client.get(f"/p/{project.slug}/shares").status_code == code
        assert (
            client.post(f"/p/{project.slug}/shares/new", {"title": "x", "take": [take.pk]}).status_code
            == code
        )
        for rest in ("", "/preview", f"/preview/{take_key(share, take)}/video"):
            assert client.get(f"/shares/{share.pk}{rest}").status_code == 404
        assert client.post(f"/shares/{share.pk}/revoke").status_code == 404


def test_takes_without_a_clip_or_of_others_are_no_choice(take, project, alice, signed_in):
    failed = factories.make_take_row(project=project, status="failed", hold=False)
    foreign = make_take(factories.make_project())
    page = (
        signed_in(alice)
        .post(f"/p/{project.slug}/shares/new", {"take": [take.pk, failed.pk, foreign.pk]})
        .content.decode()
    )
    assert "show their prompt" not in page
    type(take.account).objects.update(sandbox=True)
    address = f"/p/{project.slug}/shares/new?take={take.pk}"
    assert "show their prompt" in signed_in(alice).get(address).content.decode()
    assert "1 of them has no clip" in page and page.count('name="take"') == 1
    for other in (failed, foreign):
        with pytest.raises(shares.BadShare):
            shares.make(alice, project, shares.Terms("x"), takes=[shares.Chosen(other.pk)])


def test_the_api_tells_the_address_once_and_keeps_what_is_not_given(take, project, alice, client, settings):
    headers = {"Authorization": f"Bearer {factories.make_token(alice)}"}

    def call(method: str, rest: str, body: Any = None, expected: int = 200) -> Any:
        answer = client.generic(
            method,
            f"/api/v1/shares{rest}",
            json.dumps(body) if body else "",
            "application/json",
            headers=headers,
        )
        assert answer.status_code == expected, answer.content
        return answer.json()

    wish = {
        "project": project.slug,
        "title": "First Light",
        "takes": [{"take": str(take.pk), "caption": "Pad"}],
    }
    made = call("POST", "", {**wish, "passphrase": "open 9", "may_comment": True}, 201)
    assert made["url"].endswith(made["token"]) and made["passphrase"] is True and made["state"] == "live"
    rest = f"/{made['id']}"
    assert made["token"] not in str(call("GET", rest)) + str(call("GET", f"?project={project.slug}"))
    assert call("PATCH", rest, {"most_views": 3})["may_comment"] is True
    caller = guest_at(made["token"], "open 9")
    assert call("PATCH", rest, {"most_views": None, "passphrase": ""})["passphrase"] is False
    assert caller.get().status_code == 200 and b"data-door" in caller.get().content  # back at the door
    for wrong in ({"title": ""}, {"views": 0}, {"most_views": 0}, {"expires_at": "2000-01-01T00:00:00Z"}):
        assert call("PATCH", rest, wrong, 422)["error"]["field"]
    for wrong in (
        {"takes": []},
        {"takes": [{"take": made["id"]}]},
        {"view": made["id"]},
        {"may_comment": "yes"},
    ):
        status = 404 if "view" in wrong else 422
        assert call("POST", "", {**wish, **wrong}, status)["error"]["field"]
    assert made["url"].startswith("http://testserver/s/")
    settings.PUBLIC_URL_IS_SET, settings.PUBLIC_URL = True, "https://studio.example.com"
    renewed = call("POST", f"{rest}/renew")
    assert renewed["url"] == f"https://studio.example.com/s/{renewed['token']}"
    assert renewed["token"] != made["token"] and caller.get().status_code == 404
    assert call("POST", f"{rest}/revoke")["state"] == "revoked"
    assert (
        call("POST", f"{rest}/renew", expected=409) and call("POST", f"{rest}/revoke")["state"] == "revoked"
    )
