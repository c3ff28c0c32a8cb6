"""The takes of a link, changed while guests look at it: added, taken out, put in another order."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Comment, Decision, Generation, ShareItem, ShareLink
from generations.services import saved_views, share_items, shares
from generations.services.shares import BadShare, Chosen, Terms
from providers.models import AuditEvent
from tests import factories
from tests.generations.shared import guest_at, make_take, share_of, take_key
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def takes(project: Any) -> list[Generation]:
    return [make_take(project) for _ in range(4)]


def listed(share: ShareLink) -> list[tuple[Any, int]]:
    rows = ShareItem.objects.filter(share=share).order_by("position")
    return [(item.generation_id, item.position) for item in rows]


def version(share: ShareLink) -> str:
    return share_items.version_of(ShareItem.objects.filter(share=share).order_by("position"))


def of_team(client: Any, share: ShareLink) -> Any:
    """``act(take, what)`` as the rows of the list on the link's page send it."""

    def act(take: Generation, what: str, **more: Any) -> Any:
        body = {"take": take.pk, "act": what, "version": version(share), **more}
        return client.post(f"/shares/{share.pk}/takes", body, headers={"HX-Request": "true"})

    return act


def test_a_guest_who_is_in_sees_each_change_of_the_list(takes, project, bob, signed_in):
    first, second, third, fourth = takes
    share, token = share_of(first, second, may_comment=True, may_approve=True)
    caller, client = guest_at(token), signed_in(bob)
    act, keys = of_team(client, share), [take_key(share, take) for take in takes]
    caller.post(f"/{keys[1]}/notes", body="Warmer", name="Helen")

    def seen() -> list[int]:
        page = caller.get(f"/{keys[0]}/live").content.decode()
        return [keys.index(key) for key in re.findall(rf'class="pickr" href="{caller.root}/(\w+)"', page)]

    def look() -> int:
        return caller.get(f"/{keys[0]}/live?v={known}").status_code

    known = re.findall(r'data-version="(\w+)"', caller.get(f"/{keys[0]}").content.decode())[0]
    assert (seen(), look()) == ([0, 1], 204)
    added = {"share": share.pk, "take": [third.pk, fourth.pk, first.pk]}
    answer = client.post(f"/p/{project.slug}/shares/add", added, follow=True)
    assert "2 takes added" in answer.content.decode()
    assert (seen(), look()) == ([0, 1, 2, 3], 200)
    assert caller.get(f"/{keys[3]}/video").status_code == 200
    assert act(fourth, "up").status_code == act(first, "down").status_code == 200
    assert seen() == [1, 0, 3, 2] and [number for _pk, number in listed(share)] == [1, 2, 3, 4]
    assert act(second, "down").status_code == act(second, "first").status_code == 200
    assert seen() == [1, 0, 3, 2]
    assert act(second, "", caption=" The  pier ").status_code == 200
    assert b"The pier" in caller.get(f"/{keys[0]}").content

    out = act(second, "out")
    assert seen() == [0, 3, 2] and b"Put it back" in out.content
    for rest in ("", "/video", "/poster"):
        assert caller.get(f"/{keys[1]}{rest}").status_code == 404
    assert caller.post(f"/{keys[1]}/notes", body="More").status_code == 409
    assert caller.post(f"/{keys[1]}/decide", review="approved", seen="x").status_code == 409
    assert Comment.objects.get().generation_id == second.pk and not Decision.objects.exists()
    back = dict(re.findall(r'name="(caption|at)" value="([^"]*)"', out.content.decode())[:2])
    assert back == {"caption": "The pier", "at": "0"}
    assert act(second, "back", **back).status_code == 200
    assert seen() == [1, 0, 3, 2] and b"Warmer" in caller.get(f"/{keys[1]}").content
    told = AuditEvent.objects.filter(subject="share", verb="arranged")
    assert told.count() == 8 and token not in str([vars(line) for line in told])


def test_of_what_somebody_else_changed_nothing_is_written_over(takes, alice, signed_in):
    first, second, third, _fourth = takes
    share, _token = share_of(first, second, third)
    client, before = signed_in(alice), version(share)
    share_items.move(alice, share, third.pk, "up", before, caption="")
    stale = {"take": first.pk, "act": "out", "version": before}
    for headers in ({"HX-Request": "true"}, {}):
        answer = client.post(f"/shares/{share.pk}/takes", stale, headers=headers)
        assert answer.status_code == 409 and b"Somebody changed this list" in answer.content
    assert [pk for pk, _n in listed(share)] == [first.pk, third.pk, second.pk]
    assert version(share).encode() in answer.content  # the list as it is now, to go on with
    assert client.post(f"/shares/{share.pk}/takes", {**stale, "take": "x"}).status_code == 422


def refused(takes: list[Generation], project: Any) -> dict[str, tuple[Any, str]]:
    """What may not come in, or may not be changed, and what is said of it."""
    view = saved_views.save(project.created_by, project, "All", "status=completed", shared=True)
    thrown = make_take(project, trashed_at=timezone.now())
    return {
        "of another project": ([make_take(factories.make_project()).pk], "no clip"),
        "without a clip": ([factories.make_take_row(project=project, status="failed").pk], "no clip"),
        "in the trash": ([thrown.pk], "trash"),
        "none at all": ([], "one take at least"),
        "too many": ([take.pk for take in takes], "At most 3"),
        "a view's": (view, "change the view"),
    }


def test_what_comes_in_later_is_as_fit_as_at_the_beginning(takes, project, alice, monkeypatch):
    share, _token = share_of(takes[0])
    for name, (what, words) in refused(takes, project).items():
        if name == "too many":
            monkeypatch.setattr("generations.services.share_takes.MOST", 3)
        if name == "a view's":
            followed, _its = shares.make(alice, project, Terms("All"), view=what)
            with pytest.raises(BadShare, match=words):
                share_items.add(alice, followed, [takes[0].pk])
            continue
        with pytest.raises(BadShare, match=words):
            share_items.arrange(alice, share, [Chosen(pk) for pk in what], version(share))
    assert listed(share) == [(takes[0].pk, 1)]
    takes[0].trashed_at = timezone.now()
    takes[0].save()  # one that was in stays where it is while it cannot be shown
    share_items.arrange(alice, share, [Chosen(takes[1].pk), Chosen(takes[0].pk)], version(share))
    assert listed(share) == [(takes[1].pk, 1), (takes[0].pk, 2)]


def test_who_may_not_share_changes_no_list_and_a_revoked_one_stays(takes, project, alice, charlie, signed_in):
    share, _token = share_of(takes[0], takes[1])
    reviewer = factories.make_user()
    factories.add_member(project, reviewer, "reviewer")
    for person, code in ((reviewer, 403), (charlie, 404)):
        body = {"share": share.pk, "take": takes[2].pk}
        assert signed_in(person).post(f"/p/{project.slug}/shares/add", body).status_code == code
        assert of_team(signed_in(person), share)(takes[1], "up").status_code == 404
    other, _its = share_of(foreign := make_take(factories.make_project()))
    for what, into in ((foreign.pk, share), (takes[2].pk, other)):  # not from there, and not to there
        body = {"share": into.pk, "take": what}
        code = signed_in(alice).post(f"/p/{project.slug}/shares/add", body).status_code
        assert code == (422 if into == share else 404)
    type(project).objects.update(archived_at=timezone.now())
    assert of_team(signed_in(alice), share)(takes[1], "up").status_code == 403
    type(project).objects.update(archived_at=None)
    shares.revoke(alice, share)
    assert of_team(signed_in(alice), share)(takes[1], "up").status_code == 409
    assert [pk for pk, _n in listed(share)] == [takes[0].pk, takes[1].pk]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_who_add_and_two_who_order_at_once_lose_nothing(project, alice):
    first, second, third = (make_take(project) for _ in range(3))
    share, _token = share_of(first)
    added = together(2, lambda n: share_items.add(alice, share, [(second, third)[n].pk, second.pk]))
    assert sum(added) == 2 and [number for _pk, number in listed(share)] == [1, 2, 3]
    before = version(share)

    def move(n: int) -> str:
        try:
            share_items.move(alice, share, (first, third)[n].pk, ("down", "up")[n], before, caption="")
        except share_items.Outdated:
            return "told"
        return "done"

    assert sorted(together(2, move)) == ["done", "told"]
    assert sorted(pk for pk, _n in listed(share)) == sorted(take.pk for take in (first, second, third))


def test_the_api_sets_the_list_and_tells_who_comes_too_late(takes, project, alice, client):
    share, token = share_of(takes[0], takes[1])
    headers = {"Authorization": f"Bearer {factories.make_token(alice)}"}
    root = f"/api/v1/shares/{share.pk}"

    def put(chosen: list[Generation], said: str) -> Any:
        wanted = [{"take": str(take.pk), "caption": f"No {n}"} for n, take in enumerate(chosen)]
        body = json.dumps({"takes": wanted, "version": said})
        return client.put(f"{root}/takes", body, content_type="application/json", headers=headers)

    read = client.get(root, headers=headers).json()["takes_version"]
    done = put([takes[2], takes[0], takes[2]], read)
    assert done.status_code == 200, done.content
    assert [one["take"] for one in done.json()["takes"]] == [str(takes[2].pk), str(takes[0].pk)]
    assert b"No 2" in guest_at(token).get().content  # of the same take twice, the last caption
    assert put([takes[1]], read).status_code == 409
    assert put([], done.json()["takes_version"]).status_code == 422
    assert len(listed(share)) == 2


def test_a_take_keeps_its_number_and_nobody_else_gets_it(takes, project, bob):
    first, second, third, fourth = takes
    share, token = share_of(first, second, third)
    caller = guest_at(token)

    def titles() -> list[str]:
        return re.findall(r'<b class="clip">(Take \d+)', caller.get("").content.decode())

    assert titles() == ["Take 1", "Take 2", "Take 3"]
    share_items.move(bob, share, third.pk, "first", version(share), caption="")
    assert titles() == ["Take 3", "Take 1", "Take 2"]
    out = share_items.take_out(bob, share, third.pk, version(share))
    share_items.add(bob, share, [fourth.pk])
    assert titles() == ["Take 1", "Take 2", "Take 4"]
    share_items.put_back(bob, share, out.take, out.at, version(share))
    assert titles() == ["Take 3", "Take 1", "Take 2", "Take 4"]
    for pk in (second.pk, fourth.pk):
        share_items.take_out(bob, share, pk, version(share))
    assert titles() == ["Take 3", "Take 1"]
    share_items.add(bob, share, [fourth.pk, second.pk])  # later, as if they were new
    assert titles() == ["Take 3", "Take 1", "Take 4", "Take 2"]
