"""Allow-lists: what they leave of a model, every door that asks them, and what becomes of takes in line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from generations.models import Generation, IdempotencyKey, Status
from generations.services import again, allow_changes, allowing, consent, create, remix
from generations.services.compose import Refused, Wish, compose
from generations.services.submit import submit_generation
from generations.views.studio import draft_desk
from providers import ledger
from providers.allowing import left_of, matches, problems
from providers.models import AllowList, LedgerEntry
from tests.factories import (
    CAPABILITIES,
    CONSENT,
    make_model,
    make_project,
    make_take,
    make_take_row,
    make_token,
)
from tests.together import together

pytestmark = pytest.mark.django_db


def make_list(admin: Any, **fields: Any) -> AllowList:
    given = {"scope": "project"} if fields.get("project_id") else {"scope": "role", "role": "member"}
    return allow_changes.make(admin, AllowList(**{**given, **fields}))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Seedance 2.0", True),
        ("seedance 2.0 FAST", False),
        ("seedance*", True),
        ("Dreamy", True),  # its family
        ("vendor/sd[2]", True),  # its id, and brackets are letters
        ("vendor/sd?2?", False),
        ("*", True),
        ("edance", False),
    ],
)
def test_a_name_is_that_of_a_model_a_family_or_an_id(name, found):
    model = make_model(label="Seedance 2.0", family="Dreamy", wire_id="vendor/sd[2]")
    assert matches(name, model) is found


FIVE, TEN, AUTO = Decimal(5), Decimal(10), None
UNSAID = {**CAPABILITIES, "resolutions": []}
LEAVES = {**CAPABILITIES, "left_to_gateway": {"resolution": "720p"}}


@pytest.mark.parametrize(
    ("rule", "caps", "resolution", "seconds", "fields"),
    [
        ({"resolutions": ["720p"]}, CAPABILITIES, "720p", FIVE, []),
        ({"resolutions": ["720p"]}, CAPABILITIES, "1080p", FIVE, ["resolution"]),
        ({"resolutions": ["720p"]}, CAPABILITIES, None, FIVE, ["resolution"]),
        ({"resolutions": ["720p"]}, LEAVES, None, FIVE, []),  # the gateway's own is known
        ({"resolutions": ["720p"]}, UNSAID, None, FIVE, ["resolution"]),
        ({"longest_s": FIVE}, CAPABILITIES, "1080p", FIVE, []),
        ({"longest_s": FIVE}, CAPABILITIES, "1080p", TEN, ["duration_s"]),
        ({"longest_s": FIVE}, CAPABILITIES, "1080p", AUTO, ["duration_s"]),
        ({"names": ["Other"]}, CAPABILITIES, "720p", FIVE, ["model"]),
        ({"accounts": [str(uuid4())]}, CAPABILITIES, "720p", FIVE, ["model"]),
        (
            {"resolutions": ["720p"], "longest_s": FIVE},
            CAPABILITIES,
            "1080p",
            TEN,
            ["resolution", "duration_s"],
        ),
    ],
)
def test_what_is_not_on_a_list_is_refused_with_what_is(admin, rule, caps, resolution, seconds, fields):
    model = make_model(label="Long", capabilities=caps)
    row = AllowList(scope="role", role="member", **rule)
    found = problems([row], model, resolution, seconds)
    assert [problem.field for problem in found] == fields
    for problem in found:
        assert problem.message.startswith("The allow-list for each member does not have")
        assert problem.message.endswith("Ada Min can change it.") and "It allows" in problem.message


def test_what_is_left_of_a_model_is_what_can_be_chosen():
    auto = {**LEAVES, "durations_s": [-1, 5, 10]}
    model = make_model(capabilities=auto)
    both = AllowList(role="member", scope="role", resolutions=["1080p"], longest_s=Decimal(6))
    left = left_of([both], model)
    assert not left.why_not and left.cut == (both,)
    assert left.capabilities["durations_s"] == [5] and left.capabilities["resolutions"] == ["1080p"]
    assert left.capabilities["left_to_gateway"] == {}
    assert left_of([AllowList(longest_s=Decimal(10))], model).cut == ()  # nothing is longer
    assert left_of([AllowList(resolutions=["720p", "1080p"])], make_model()).cut == ()
    assert "does not have anything that" in left_of([AllowList(longest_s=Decimal(4))], model).why_not
    assert left_of([], model).capabilities is model.capabilities


def test_every_list_that_holds_somebody_has_to_agree(admin, alice, bob, project):
    of_project = make_list(admin, project_id=project.pk, longest_s=FIVE) if make_model() else None
    of_members = make_list(admin, resolutions=["720p"])
    of_editors = make_list(admin, role="editor", longest_s=TEN)
    of_owners = make_list(admin, role="owner", longest_s=Decimal(9))
    elsewhere = make_project(alice)
    assert set(allowing.lists_for(bob, project)) == {of_project, of_members, of_editors}
    assert set(allowing.lists_for(alice, elsewhere)) == {of_members, of_owners}
    assert set(allowing.lists_for(admin, project)) == {of_project, of_owners}  # counts as an owner
    assert set(allowing.lists_for(bob, None)) == {of_members}
    assert set(allowing.holding(bob)) == {of_project, of_members, of_editors}
    assert set(allowing.in_project(project)) == {of_project, of_members, of_editors, of_owners}


@pytest.mark.parametrize(
    ("asked", "allowed"), [({"resolution": "8k"}, ("720p",)), ({"duration_s": 7.0}, (5,))]
)
def test_what_a_model_never_takes_is_answered_with_what_is_allowed_alone(admin, bob, project, asked, allowed):
    model = make_model(label="Long")
    make_list(admin, resolutions=["720p"], longest_s=FIVE)
    with pytest.raises(Refused) as refused:
        compose(bob, project, Wish(model, {"prompt": "A boat", **asked}))
    (field,) = asked
    mine = [problem for problem in refused.value.problems if problem.field == field]
    assert mine and {problem.allowed for problem in mine} == {allowed}
    assert not any(word in problem.message for problem in mine for word in ("1080p", "10"))


# --- every door ---------------------------------------------------------------------------------


@pytest.fixture
def model() -> Any:
    return make_model(label="Long")


@pytest.fixture
def small(admin: Any, model: Any) -> AllowList:
    """Members: 720p alone, and five seconds."""
    return make_list(admin, resolutions=["720p"], longest_s=FIVE)


HTMX = {"HX-Request": "true"}


def test_the_form_offers_what_is_allowed_and_refuses_the_rest(signed_in, bob, project, model, small):
    client = signed_in(bob)
    form = {"prompt": "A boat", "model": str(model.pk), "duration_s": "10", "resolution": "1080p"}
    form |= {"aspect_ratio": "16:9", "count": "1", "shown_usd": "100", "idempotency_key": uuid4().hex}
    answer = client.post(f"/p/{project.slug}/generate", form, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Generation.objects.exists() and not LedgerEntry.objects.exists()
    assert "It allows these resolutions: 720p" in page and "Ada Min can change it" in page
    assert '<option value="1080p"' not in page and '<option value="720p" selected' in page
    assert '<option value="10"' not in page and "2 set aside" in page
    price = client.post(f"/p/{project.slug}/composer/price", form)
    assert "1080p" in price.json()["why"] and not price.json()["amount"]
    form |= {"duration_s": "5", "resolution": "720p", "idempotency_key": uuid4().hex}
    assert client.post(f"/p/{project.slug}/generate", form, headers=HTMX).status_code == 200
    assert Generation.objects.get().request["resolution"] == "720p"


def test_a_model_that_is_not_allowed_is_left_out_and_says_why_where_it_was_chosen(
    signed_in, admin, bob, project, model
):
    other = make_model(label="Open", account=model.account)
    make_list(admin, project_id=project.pk, names=["open"])
    client = signed_in(bob)
    form = {"prompt": "A boat", "model": str(model.pk), "duration_s": "5", "resolution": "720p"}
    chosen = client.post(f"/p/{project.slug}/models", form, headers=HTMX).content.decode()
    assert f"pick-{model.pk}" in chosen and "more not allowed here" in chosen
    fresh = client.post(f"/p/{project.slug}/models", {**form, "model": str(other.pk)}).content.decode()
    assert f"pick-{model.pk}" not in fresh and f"pick-{other.pk}" in fresh
    said = client.post(f"/p/{project.slug}/composer", form, headers=HTMX).content.decode()
    assert "The allow-list of this project does not have Long. It allows these models: open." in said
    price = client.post(f"/p/{project.slug}/composer/price", form).json()
    assert price["closed"] and price["basis"] == "Not allowed here"
    begun = draft_desk(alice_of(project), project)  # nobody chose yet: one that may be used stands there
    assert begun.offer and begun.offer.model == other


def alice_of(project: Any) -> Any:
    return project.created_by


def test_the_matrix_says_which_cells_fall_out_and_why(signed_in, bob, project, model, small):
    barred = make_model(label="Silent", capabilities=UNSAID)
    form = {"model": [str(model.pk), str(barred.pk)], "prompt": ["A boat"], "copies": "1"}
    form |= {"resolution": ["720p", "1080p"], "duration_s": ["5"]}
    page = signed_in(bob).post(f"/p/{project.slug}/matrix/plan", form, headers=HTMX).content.decode()
    assert "<strong>Long</strong> without 1080p, which is not allowed here." in page
    assert "The allow-list for each member. Allowed: 720p; at most 5 s." in page
    assert "does not have anything that Silent makes" in page and page.count('name="make"') == 1


def test_the_api_refuses_marks_and_fills_in_what_is_allowed(bob, admin, project, model, client):
    make_list(admin, project_id=project.pk, resolutions=["1080p"], longest_s=FIVE)
    headers = {"Authorization": f"Bearer {make_token(bob)}"}

    def post(address: str, **body: Any) -> Any:
        body = {"project": project.slug, "model": model.wire_id, "prompt": "A boat", **body}
        return client.post(f"/api/v1/{address}", body, "application/json", headers=headers)

    for address in ("generations", "quotes", "batches"):
        refused = post(address, resolution="720p")
        error = refused.json()["error"]
        assert (refused.status_code, error["field"], error["allowed"]) == (422, "resolution", ["1080p"])
        assert "allow-list of this project" in error["message"]
    assert not Generation.objects.exists() and not IdempotencyKey.objects.exists()
    made = post("generations")  # nobody chose: the default is one that is allowed
    assert made.status_code == 202 and Generation.objects.get().request["resolution"] == "1080p"
    cells = post("batches", matrix={"resolution": ["1080p", "720p"]})
    assert cells.status_code == 422 and cells.json()["error"]["message"].startswith("Cell 1:")
    there = listed(client.get(f"/api/v1/models?project={project.slug}", headers=headers), model)
    assert there["capabilities"]["durations_s"] == [5] and there["not_allowed"] is None
    anywhere = listed(client.get("/api/v1/models", headers=headers), model)
    assert anywhere["capabilities"]["durations_s"] == [5, 10]


def listed(answer: Any, model: Any) -> Any:
    return next(item for item in answer.json()["items"] if item["id"] == str(model.pk))


def retried(user: Any, take: Generation) -> Any:
    return again.retry(user, take, key=uuid4().hex, shown_usd=None)


def attested(user: Any, take: Generation) -> Any:
    ticks = dict.fromkeys(CONSENT["statements"], True)
    return consent.attest(user, take, ticks, text_sha256=CONSENT["text_sha256"], address=None)


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        (Status.FAILED, retried),
        (Status.UNCERTAIN, lambda user, take: again.submit_again(user, take)),
        (Status.NEEDS_CONSENT, attested),
    ],
)
def test_what_is_sent_once_more_asks_the_lists_as_they_are_now(admin, bob, project, model, status, verb):
    take = make_take_row(project=project, model=model, author=bob, status=status, hold=status == "uncertain")
    make_list(admin, role="editor", resolutions=["1080p"])
    before = list(LedgerEntry.objects.values_list("kind", "attempt"))
    with pytest.raises(Refused, match=r"does not have 720p\. It allows these resolutions: 1080p"):
        verb(bob, take)
    take.refresh_from_db()
    assert take.status == status and Generation.objects.count() == 1
    assert list(LedgerEntry.objects.values_list("kind", "attempt")) == before


def test_the_page_of_a_take_says_before_the_click_that_it_cannot_be_made_again(
    signed_in, admin, bob, project, model
):
    take = make_take_row(project=project, model=model, author=bob, status="completed")
    client = signed_in(bob)
    assert f"/t/{take.pk}/price" in client.get(f"/t/{take.pk}").content.decode()
    make_list(admin, role="editor", resolutions=["1080p"])
    page = client.get(f"/t/{take.pk}").content.decode()
    assert "It cannot be made again as it was." in page and "does not have 720p" in page
    assert f"/t/{take.pk}/price" not in page and f"/t/{take.pk}/edit" in page


def test_extend_chooses_among_models_that_are_allowed(admin, bob, project):
    clip = {**CAPABILITIES, "modes": ["extend"], "inputs": {"source_video": {}}}
    own = make_model(label="Own", capabilities=clip)
    other = make_model(label="Other", capabilities=clip)
    take = make_take_row(project=project, model=own, author=bob, status="completed")
    make_list(admin, role="editor", names=["Other"])
    assert remix.able_to(bob, take, "extend").model == other


# --- moments -------------------------------------------------------------------------------------


def test_a_list_that_was_tightened_after_the_check_counts_at_the_click(admin, bob, project, model):
    composed = compose(bob, project, Wish(model, {"prompt": "A boat", "resolution": "1080p"}))
    make_list(admin, resolutions=["720p"])
    with pytest.raises(Refused, match="does not have 1080p"):
        create.create_generations(bob, [composed], once=create.Once("k", "b"))
    assert not Generation.objects.exists() and not IdempotencyKey.objects.exists()


def test_a_take_in_line_that_is_not_allowed_any_more_ends_unsent(admin, bob, project, model):
    kept = make_take(bob, project, model, resolution="720p")
    take = make_take(bob, project, model, resolution="1080p")
    running = make_take_row(project=project, model=model, author=bob, status="running")
    make_list(admin, resolutions=["720p"])
    submit_generation(str(take.pk))
    take.refresh_from_db()
    assert (take.status, take.failure_class) == (Status.FAILED, "refused_locally")
    assert take.failure_message.startswith("The allow-list for each member does not have 1080p.")
    assert "Nothing was sent" in take.failure_message and take.failure_billed is False
    assert {line.take_id for line in ledger.open_holds()} == {kept.pk, running.pk}


def test_it_is_the_list_of_whoever_pays(admin, alice, bob, project, model):
    take = make_take(bob, project, model, resolution="1080p")
    LedgerEntry.objects.filter(take_id=take.pk).update(person_id=alice.pk)
    make_list(admin, role="editor", resolutions=["720p"])
    submit_generation(str(take.pk))
    take.refresh_from_db()
    assert take.failure_class != "refused_locally"  # alice owns the project: no list of editors holds her


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_a_click_and_a_list_at_one_moment_leave_no_half(admin, bob, project, model):
    """Whoever is first: there is a take with its hold, or a refusal without a trace of one."""
    asked = [compose(bob, project, Wish(model, {"prompt": "A", "resolution": "1080p"}))] * 3

    def act(number: int) -> Any:
        if number == 0:
            return make_list(admin, project_id=project.pk, resolutions=["720p"])
        try:
            return create.create_generations(bob, asked)
        except Refused as error:
            return error

    _list, *answers = together(4, act)
    made = [item for answer in answers if not isinstance(answer, Refused) for item in answer]
    assert Generation.objects.count() == len(made) == LedgerEntry.objects.count()
    assert len(made) % 3 == 0 and AllowList.objects.count() == 1
    connection.close()
