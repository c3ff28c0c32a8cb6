"""The decision at the foot of a take's page, the playlist of reviews, and the certificate."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generations.models import Comment, Decision, Generation, Review, SignOff
from generations.services import client_decisions, review, sign_off, stacks
from tests import factories
from tests.review_rows import make_clip, make_guest

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def seen(take, **more):
    now = review.seen_of(Generation.objects.get(pk=take.pk))
    return {"sha256": now.file_sha256, "newest": str(now.newest or ""), **more}


def post(caller, name, take, data=None, *more, **headers):
    return caller.post(reverse(name, args=[take.pk, *more]), data or {}, **headers)


def approve(person, take):
    return review.decide(person, take, Review.APPROVED, seen=review.seen_of(take))


def signed(person, take):
    approve(person, take)
    row = Generation.objects.get(pk=take.pk)
    return sign_off.sign(person, row, file_sha256=review.sha256_of(row), file_name="boat.mp4")


def test_asked_changed_approved_and_signed_on_its_page(project, alice, bob, signed_in):
    take, caller = make_clip(project, author=bob), signed_in(alice)

    def page():
        return caller.get(take.get_absolute_url()).content.decode()

    assert "Nobody was asked to review it." in page()
    due = timezone.localdate() + timedelta(days=1)
    post(caller, "take-ask", take, {"reviewer": str(alice.pk), "due_on": due.isoformat()})
    assert "Waits for Alice Archer" in page() and "Due tomorrow" in page()
    words = {"review": "changes", "words": "The <b>hand</b> melts."}
    post(caller, "take-decide", take, seen(take, **words))
    assert "Changes requested" in page() and "&lt;b&gt;hand" in page()
    fragment = post(caller, "take-decide", take, seen(take, review="approved"), **HX).content.decode()
    assert 'id="takepage"' in fragment and "Sign off" in fragment
    post(caller, "take-sign", take, {"sha256": seen(take)["sha256"]})
    made = SignOff.objects.get()
    text = page()
    assert reverse("certificate", args=[take.pk, made.pk]) in text and "Move to trash" not in text
    assert "Approve" not in text.split('id="decision"')[1].split("</section>")[0]
    assert Decision.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("take-decide", {"review": "in_review"}, 422),
        ("take-decide", {"review": "approved", "sha256": "0" * 64}, 409),
        ("take-ask", {"reviewer": "nobody"}, 422),
        ("take-ask", {"due_on": "2026-99-99"}, 422),
        ("take-ask", {"due_on": "soon"}, 422),
        ("take-review-end", {}, 409),
        ("take-sign", {}, 409),
    ],
)
def test_what_cannot_be_is_said(project, alice, signed_in, name, data, status):
    take = make_clip(project)
    answer = post(signed_in(alice), name, take, data, **HX)
    assert answer.status_code == status
    assert json.loads(answer["HX-Trigger"])["studio:toast"]["level"] == "error"
    assert not Decision.objects.exists()


def test_a_version_that_came_meanwhile_is_shown_and_the_old_one_meant_all_the_same(project, alice, signed_in):
    one, two, caller = make_clip(project), make_clip(project), signed_in(alice)
    before = seen(one, review="approved", words="Lovely.")
    stacks.stack(alice, project, [one.pk, two.pk])
    answer = post(caller, "take-decide", one, before, **HX)
    text = answer.content.decode()
    assert answer.status_code == 409 and "V2 came while you looked" in text and two.get_absolute_url() in text
    assert "Approve V1 all the same" in text and 'value="Lovely."' in text
    assert post(caller, "take-decide", one, {**before, "anyway": "1"}, **HX).status_code == 200
    assert Decision.objects.get().comment.body == "Lovely."
    assert "V1" in caller.get(one.get_absolute_url()).content.decode()


def test_the_words_of_a_refused_decision_stay_where_they_were_written(project, alice, signed_in):
    take = make_clip(project)
    answer = post(signed_in(alice), "take-decide", take, {"review": "changes", "words": "Too <dark>."}, **HX)
    assert answer.status_code == 409 and ">Too &lt;dark&gt;.</textarea>" in answer.content.decode()


def test_a_changed_file_asks_for_a_new_decision(project, alice, signed_in):
    take, caller = make_clip(project), signed_in(alice)
    approve(alice, take)
    take.outputs.update(sha256="4" * 64)
    text = caller.get(take.get_absolute_url()).content.decode()
    assert "decide anew" in text and 'id="sign-off"' not in text
    other = make_clip(project)
    made = signed(alice, other)
    other.outputs.update(sha256="5" * 64)
    assert "than the one that was signed" in caller.get(other.get_absolute_url()).content.decode()
    paper = caller.get(reverse("certificate", args=[other.pk, made.pk])).content.decode()
    assert "another file now" in paper


def test_viewers_see_how_it_stands_and_decide_nothing(project, alice, make_person, signed_in):
    viewer, take = make_person("viewer"), make_clip(project)
    factories.add_member(project, viewer, "viewer")
    guest = make_guest(project)
    client_decisions.decide(guest, take, Review.APPROVED, seen=review.seen_of(take))
    text = signed_in(viewer).get(take.get_absolute_url()).content.decode()
    assert "Gwen Guest (name unverified)" in text and "data-decide" not in text and "take-ask" not in text


# --- the playlist -------------------------------------------------------------------------------


@pytest.fixture
def waiting(project, alice, bob):
    """By the way they wait for alice: asked by name, of anybody, of bob, her own of anybody, sent back."""
    takes = [make_clip(project, author=bob) for _ in range(3)] + [make_clip(project, author=alice)]
    day = timezone.localdate()
    review.ask(bob, takes[:1], reviewer=alice)
    review.ask(bob, takes[1:2], due_on=day)
    review.ask(bob, takes[2:3], reviewer=bob, due_on=day + timedelta(days=3))
    review.ask(alice, takes[3:])
    takes.append(make_clip(project, author=bob))
    review.decide(alice, takes[4], Review.CHANGES, seen=review.seen_of(takes[4]))
    Generation.objects.filter(pk=takes[2].pk).update(review_due_on=day - timedelta(days=2))
    return takes


def listed(caller, project, **given):
    context = caller.get(reverse("review", args=[project.slug]), given).context
    return [row["id"] for row in context["rows"]]


def test_each_filter_finds_its_takes_in_order(project, alice, waiting, signed_in):
    caller, pk = signed_in(alice), [take.pk for take in waiting]
    assert listed(caller, project) == [pk[1], pk[0]]
    assert listed(caller, project, which="all") == [pk[2], pk[1], pk[0], pk[3]]
    assert listed(caller, project, which="due") == [pk[2], pk[1]]
    assert listed(caller, project, which="changes") == [pk[4]]
    text = caller.get(reverse("review", args=[project.slug]), {"which": "due"}).content.decode()
    assert "Overdue by 2 days" in text and "Due today" in text
    tab = text.split(f'href="{reverse("review", args=[project.slug])}"')[1].split("</a>")[0]
    assert '<span class="n">2</span>' in tab


def test_who_may_not_decide_has_nothing_that_waits(project, waiting, make_person, signed_in):
    viewer = make_person("viewer")
    factories.add_member(project, viewer, "viewer")
    caller = signed_in(viewer)
    page = caller.get(reverse("review", args=[project.slug]))
    assert not page.context["rows"] and "Your role in this project does not decide" in page.content.decode()
    assert len(listed(caller, project, which="all")) == 4


def test_after_a_decision_the_next_one_shows(project, alice, waiting, signed_in):
    caller = signed_in(alice)
    page = caller.get(reverse("review", args=[project.slug]))
    assert page.context["take"] == waiting[1]
    place = {"which": "mine", "next_take": str(page.context["playlist"]["next"])}
    answer = post(caller, "take-decide", waiting[1], seen(waiting[1], review="approved", **place), **HX)
    assert (answer.status_code, f"take={waiting[0].pk}" in answer["HX-Redirect"]) == (204, True)
    late = caller.get(reverse("review", args=[project.slug]), {"take": str(waiting[1].pk)})
    assert late.context["take"] == waiting[1] and "Not in this list" in late.content.decode()
    answer = post(caller, "take-decide", waiting[0], seen(waiting[0], review="rejected", which="mine"))
    assert parse_qs(urlsplit(answer["Location"]).query) == {"which": ["mine"]}
    refused = post(caller, "take-decide", waiting[0], {"which": "all", "review": "approved"}, **HX)
    assert refused.status_code == 409 and refused.context["which"] == "all"


def test_the_list_is_live_and_asks_a_fixed_number_of_times(project, alice, bob, waiting, signed_in):
    caller, url = signed_in(alice), reverse("review", args=[project.slug])
    live = caller.get(url, {"which": "all"}).context["live"]

    def fresh():
        return caller.get(f"{live['url']}&v={live['version']}").status_code

    with CaptureQueriesContext(connection) as quiet:
        assert fresh() == 204
    assert len(quiet) <= 7
    Comment.objects.create(
        project=project, generation=waiting[3], author=bob, author_name="Bob", body="Look at the edge."
    )
    review.ask(bob, [waiting[3]], reviewer=bob)
    assert fresh() == 200
    assert "1 note" in caller.get(url, {"which": "all"}).content.decode()
    with CaptureQueriesContext(connection) as few:
        caller.get(url, {"which": "all"})
    review.ask(bob, [make_clip(project, author=bob) for _ in range(4)])
    with CaptureQueriesContext(connection) as many:
        caller.get(url, {"which": "all"})
    assert len(many) == len(few) <= 28


# --- the certificate ----------------------------------------------------------------------------


def test_the_certificate_as_a_page_and_as_json_and_taken_back(project, alice, bob, signed_in):
    take = make_clip(project, author=bob)
    made, caller = signed(alice, take), signed_in(bob)
    url = reverse("certificate", args=[take.pk, made.pk])
    text = caller.get(url).content.decode()
    assert made.sha256 in text and made.seal in text and "Seal and digest fit" in text
    assert "Withdraw the sign-off" not in text  # neither his nor an owner
    assert caller.post(url + "/withdraw", {"reason": "Mine."}).status_code == 403
    paper = caller.get(url + "/json")
    assert paper["Content-Disposition"].startswith("attachment") and paper.json()["sha256"] == made.sha256
    owner = signed_in(alice)
    assert owner.post(url + "/withdraw", {"reason": " "}).status_code == 422
    owner.post(url + "/withdraw", {"reason": "The wrong <grade>."})
    text = owner.get(url).content.decode()
    assert "Withdrawn by Alice Archer: The wrong &lt;grade&gt;." in text
    assert "Sign off" not in owner.get(take.get_absolute_url()).content.decode()
    other = make_clip(project)
    assert caller.get(reverse("certificate", args=[other.pk, made.pk])).status_code == 404


# --- the gallery --------------------------------------------------------------------------------


def act(caller, project, name, takes, **more):
    url = reverse("gallery-act", args=[project.slug])
    return caller.post(url, {"act": name, "take": [str(take.pk) for take in takes], **more}, **HX)


def toast(answer):
    return json.loads(answer["HX-Trigger"])["studio:toast"]


def wall(caller, project, **given):
    answer = caller.get(reverse("gallery", args=[project.slug]), given)
    return {card["id"] for card in answer.context["cards"]}, answer.content.decode()


def test_the_wall_finds_by_review_and_says_it_on_the_card(project, alice, bob, waiting, signed_in):
    caller, pk = signed_in(alice), [take.pk for take in waiting]
    made = signed(alice, waiting[3])
    found, text = wall(caller, project, review="in_review", reviewer=str(bob.pk))
    assert found == {pk[2]} and "In review" in text.split('id="wall"')[1]
    assert wall(caller, project, review="changes")[0] == {pk[4]}
    assert wall(caller, project, review="signed")[0] == {made.generation_id}
    assert wall(caller, project, reviewer="nobody")[0] == set(pk)


def test_many_are_asked_for_and_that_is_undone_but_a_decision_is_not(project, alice, bob, signed_in):
    takes = [make_clip(project, author=bob) for _ in range(2)]
    thrown, caller = make_clip(project, trashed_at=timezone.now()), signed_in(alice)
    day = timezone.localdate() + timedelta(days=1)
    told = toast(
        act(caller, project, "ask", [*takes, thrown], reviewer=str(alice.pk), due_on=day.isoformat())
    )
    assert told["text"].startswith("2 takes are in review. 1 stays:") and told["action"]
    assert set(Generation.objects.filter(reviewer=alice, review_due_on=day)) == set(takes)
    review.decide(bob, takes[0], Review.CHANGES, seen=review.seen_of(takes[0]))
    undone = caller.post(reverse("gallery-undo", args=[project.slug]), told["action"]["values"], **HX)
    assert "Undone for 1 take. 1 was changed since" in toast(undone)["text"]
    assert list(Generation.objects.order_by("pk").values_list("review", flat=True)) == ["changes", "", ""]
    told = toast(act(caller, project, "approve", takes))
    assert "2 takes approved. Only another decision takes that back." in told["text"]
    assert "action" not in told
    by_key = caller.post(reverse("gallery-undo", args=[project.slug]), {}, **HX)
    assert by_key.status_code == 422  # nothing that was done before it is taken back instead
    asked = toast(act(caller, project, "ask", takes))
    caller.post(reverse("gallery-undo", args=[project.slug]), asked["action"]["values"], **HX)
    assert set(Generation.objects.filter(review="in_review")) == set(takes)  # nobody's word is said anew
    assert act(caller, project, "ask", [thrown]).status_code == 409
    assert act(caller, project, "ask", takes, reviewer=str(factories.make_user().pk)).status_code == 422


def test_the_trash_leaves_out_what_is_signed_off_and_says_so(project, alice, signed_in):
    kept, other, flying = make_clip(project), make_clip(project), make_clip(project, status="running")
    signed(alice, kept)
    told = toast(act(signed_in(alice), project, "trash", [kept, other, flying]))
    assert told["text"] == ("1 take is in the trash. 1 is signed off and stays. 1 is on its way and stays.")
    alone = toast(act(signed_in(alice), project, "trash", [kept]))
    assert "signed off" in alone["text"]
