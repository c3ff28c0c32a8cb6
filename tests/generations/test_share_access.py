"""Who gets what below /s/: every request without a session, with the wrong one, and with a link that does not
hold any more; what a guest may reach of a link that does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Comment, Decision, Guest, ShareLink
from generations.services import guest_copies, saved_views, share_takes, share_views, shares
from generations.services.purge import purge_trash
from generations.services.shares import BadShare, Terms
from tests import factories
from tests.generations.shared import (
    PASSPHRASE,
    Caller,
    guest_at,
    make_take,
    share_of,
    take_key,
)
from tests.together import together

pytestmark = pytest.mark.django_db
ALL = {"may_comment": True, "may_approve": True, "may_download": True}


@pytest.fixture
def take(project: Any) -> Any:
    return make_take(project)


def requests_of(key: str) -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "page": (f"/{key}", {}),
        "live": (f"/{key}/live", {}),
        "video": (f"/{key}/video", {}),
        "poster": (f"/{key}/poster", {}),
        "small": (f"/{key}/small", {}),
        "strip": (f"/{key}/strip", {}),
        "download": (f"/{key}/download", {}),
        "who": ("/who", {}),
        "note": (f"/{key}/notes", {"body": "Warmer", "name": "Helen"}),
        "drawing": (f"/{key}/notes/{'0' * 16}/drawing", {}),
        "take back": (f"/{key}/notes/take-back", {"note": "0" * 16}),
        "decide": (f"/{key}/decide", {"review": "approved", "seen": "x"}),
    }


def answers(caller: Caller, key: str) -> dict[str, int]:
    return {
        name: (caller.post(rest, **body) if body else caller.get(rest)).status_code
        for name, (rest, body) in requests_of(key).items()
    }


NOWHERE = dict.fromkeys(requests_of(""), 404)
AT_THE_DOOR = {**NOWHERE, "page": 200}
HOW = {
    "no cookie": AT_THE_DOOR,
    "wrong passphrase": AT_THE_DOOR,
    "other share's cookie": AT_THE_DOOR,
    "session of before": AT_THE_DOOR,
    "expired": NOWHERE,
    "revoked": NOWHERE,
    "new link made": NOWHERE,
    "used up": NOWHERE,
    "unknown": NOWHERE,
}


@pytest.mark.parametrize("how", HOW)
def test_without_a_session_of_a_link_that_holds_nothing_is_there(how, take, project):
    share, token = share_of(take, passphrase=PASSPHRASE, **ALL)
    caller = Caller(token)
    if how not in ("no cookie", "wrong passphrase", "other share's cookie", "used up", "unknown"):
        caller = guest_at(token, PASSPHRASE)
        assert caller.get(f"/{take_key(share, take)}/video").status_code == 200
    if how == "wrong passphrase":
        assert caller.enter("open sesame").status_code == 422
    elif how == "other share's cookie":
        other = guest_at(share_of(take, **ALL)[1])
        (cookie,) = (morsel for name, morsel in other.client.cookies.items() if name.endswith("guest"))
        assert cookie["path"] == other.root and cookie["httponly"] and cookie["samesite"] == "Lax"
        caller.client.cookies[cookie.key] = cookie.value
    elif how == "session of before":
        shares.change(project.created_by, share, Terms("First Light", passphrase="another", **ALL))
    elif how == "expired":
        ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "revoked":
        shares.revoke(project.created_by, share)
    elif how == "new link made":
        shares.renew(project.created_by, share)
    elif how == "used up":
        ShareLink.objects.update(most_views=1, views=1)
    elif how == "unknown":
        caller = Caller("A" * 43)
    assert answers(caller, take_key(share, take)) == HOW[how]
    assert b"pickr" not in caller.get(f"/{take_key(share, take)}").content
    assert not Comment.objects.exists() and not Decision.objects.exists()


def test_the_door_leads_to_the_take_that_they_came_for(take, project):
    share, token = share_of(take, second := make_take(project), passphrase=PASSPHRASE)
    caller, key = Caller(token), take_key(share, second)
    assert key in caller.get(f"/{key}").content.decode()
    assert caller.post("", passphrase="wrong", take=key).content.count(key.encode()) == 1
    assert caller.post("", passphrase=PASSPHRASE, take=key)["Location"] == f"{caller.root}/{key}"
    assert Caller(token).post("", passphrase=PASSPHRASE, take="//elsewhere")["Location"] == caller.root


def test_all_links_that_do_not_open_answer_alike(take, project):
    share, token = share_of(take, **ALL)
    unknown = Caller("A" * 43).get()
    assert Caller(token).get().status_code == 200
    for fields in (
        {"views": 1, "most_views": 1},
        {"expires_at": timezone.now()},
        {"revoked_at": timezone.now()},
    ):
        ShareLink.objects.update(**{"most_views": None, "expires_at": None, **fields})
        for answer in (Caller(token).get(), Caller(token).enter()):
            assert (answer.status_code, answer.content) == (404, unknown.content)
            assert answer["X-Robots-Tag"].startswith("noindex") and answer["Referrer-Policy"] == "no-referrer"


def test_who_was_in_hears_that_the_time_is_over(take):
    _share, token = share_of(take)
    caller = guest_at(token)
    ShareLink.objects.update(expires_at=timezone.now())
    assert b"has expired" in caller.get().content
    assert b"has expired" not in Caller(token).get().content
    assert caller.get().status_code == 404


OFF = {"page": 200, "live": 200, "video": 200, "poster": 200, "small": 200, "strip": 200, "who": 404}
OFF |= {"download": 403, "note": 403, "take back": 409, "drawing": 404, "decide": 403}
ON = {**OFF, "download": 200, "who": 200, "note": 302, "decide": 409}


@pytest.mark.parametrize(("terms", "expected"), [({}, OFF), (ALL, ON)])
def test_a_guest_may_what_the_link_grants(terms, expected, take):
    share, token = share_of(take, **terms)
    caller = guest_at(token)
    assert answers(caller, take_key(share, take)) == expected
    head = caller.get(f"/{take_key(share, take)}/video", range="bytes=0-")
    assert (
        head.status_code == 206
        and "Last-Modified" not in head
        and head["Cache-Control"] == "private, no-store"
    )
    assert caller.get("/anything/else").status_code == 404


def test_a_range_after_the_revocation_is_refused(take, project):
    share, token = share_of(take, may_download=True)
    caller = guest_at(token)
    for rest in ("video", "download"):
        address = f"/{take_key(share, take)}/{rest}"
        assert caller.get(address, range="bytes=0-99").status_code == 206
    shares.revoke(project.created_by, share)
    for rest in ("video", "download"):
        assert caller.get(f"/{take_key(share, take)}/{rest}", range="bytes=100-199").status_code == 404


def test_no_way_leads_to_another_take(take, project):
    """Neither by its id, nor by its number, nor by the key that another link has for it."""
    hidden = make_take(project)
    share, token = share_of(take, **ALL)
    other, _token = share_of(hidden, **ALL)
    caller = guest_at(token)
    for name in (
        hidden.pk,
        "1",
        "2",
        take_key(share, hidden),
        take_key(other, hidden),
        take_key(other, take),
    ):
        found = answers(caller, str(name))
        allowed = {"live": 200, "who": 200, "note": 409, "take back": 409, "decide": 409}
        assert all(status in (404, allowed.get(what)) for what, status in found.items()), (name, found)
        assert caller.get(f"/{name}/live").content.count(b"pickr") <= 1
    assert not Comment.objects.exists()


def test_what_is_thrown_away_leaves_the_link_and_comes_back(take, project):
    share, token = share_of(take, make_take(project))
    caller, key = guest_at(token), take_key(share, take)
    take.trashed_at = timezone.now()
    take.save()
    assert caller.get(f"/{key}").status_code == caller.get(f"/{key}/video").status_code == 404
    assert caller.get("").content.count(b"pickr") == 1
    take.trashed_at = None
    take.save()
    assert caller.get(f"/{key}/video").status_code == 200
    type(take).objects.update(trashed_at=timezone.now() - timedelta(days=99))
    name = guest_copies.files_of(take)[0]
    purge_trash(timezone.now())
    from generations.storage import media_store

    assert not media_store().path(name).exists() and not guest_copies.files_of(take)


@pytest.mark.both_databases
def test_a_live_view_shows_what_fits_until_it_is_gone(take, project, alice, signed_in):
    view = saved_views.save(alice, project, "Picks", "mark=pick", shared=True)
    share, token = shares.make(alice, project, Terms("Picks"), view=view)
    caller = guest_at(token)
    assert b"pickr" not in caller.get().content
    type(take).objects.filter(pk=take.pk).update(mark="pick")
    assert caller.get(f"/{take_key(share, take)}/video").status_code == 200
    assert not share_views.troubles([share])
    saved_views.delete(alice, view)
    assert caller.get(f"/{take_key(share, take)}/video").status_code == 404
    assert b"deleted" in signed_in(alice).get(f"/shares/{share.pk}").content
    with pytest.raises(BadShare):  # whoever changes the view would change what guests see
        reviewer = factories.make_user()
        factories.add_member(project, reviewer, "reviewer")
        shares.make(
            alice, project, Terms("X"), view=saved_views.save(reviewer, project, "X", "", shared=True)
        )


def test_a_view_that_looks_for_words_is_not_shared(take, project, alice):
    view = saved_views.save(alice, project, "Boats", "q=boat", shared=True)
    with pytest.raises(BadShare):
        shares.make(alice, project, Terms("Boats"), view=view)
    view.query = ""
    share, token = shares.make(alice, project, Terms("Boats"), view=view)
    assert [one.take for one in share_takes.shown(share)] == [take]
    type(view).objects.update(query="q=boat")  # since
    share.view.refresh_from_db()
    assert share_takes.shown(share) == [] and "internal notes" in share_views.troubles([share])[share.pk]


def test_five_wrong_passphrases_close_the_door_for_that_address(take):
    _share, token = share_of(take, passphrase=PASSPHRASE)
    caller = Caller(token)
    assert [caller.enter("wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    assert caller.enter(PASSPHRASE).status_code == 429
    elsewhere = Caller(token, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.enter(PASSPHRASE).status_code == 302
    many = Caller("A" * 43, REMOTE_ADDR="203.0.113.10")
    assert [many.enter("x").status_code for _ in range(21)] == [404] * 20 + [429]


def test_a_reload_is_no_view_and_looking_at_the_door_neither(take):
    _share, token = share_of(take, most_views=2)
    Caller(token).get()
    first, second = guest_at(token), guest_at(token)
    for caller in (first, second, first):
        assert caller.get().status_code == 200 and caller.enter().status_code == 302
    assert ShareLink.objects.get().views == 2 and Caller(token).enter().status_code == 404


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_pass_the_last_view(project):
    _share, token = share_of(make_take(project), most_views=1)
    callers = [Caller(token), Caller(token)]
    assert sorted(together(2, lambda n: callers[n].enter().status_code)) == [302, 404]
    assert Guest.objects.count() == ShareLink.objects.get().views == 1


def test_forms_need_their_own_pages_token(take):
    share, token = share_of(take, **ALL)
    caller = Caller(token, enforce_csrf_checks=True)
    page = caller.get().content.decode()
    sent = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert caller.enter().status_code == 403
    # as browsers send it from a page with no-referrer
    entered = caller.client.post(caller.root, {"csrfmiddlewaretoken": sent}, headers={"Origin": "null"})
    assert entered.status_code == 302
    foreign = {"Origin": "https://elsewhere.example"}
    body = {"csrfmiddlewaretoken": sent, "body": "x", "name": "H"}
    rest = f"{caller.root}/{take_key(share, take)}/notes"
    assert caller.client.post(rest, body, headers=foreign).status_code == 403
    assert caller.client.post(rest, {"body": "x", "name": "H"}, headers={"Origin": "null"}).status_code == 403
    assert not Comment.objects.exists()
