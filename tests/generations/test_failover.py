"""The same model at another account: offered for what is known not to have been accepted, and nothing else;
over real HTTP, with the sandbox's bill as the judge."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Event, Generation, Status
from generations.services import allow_changes, attempts, elsewhere, failover, queue
from generations.services.compose import Refused
from generations.services.create import KeyReused, PriceMoved
from generations.services.refusals import NotAllowed, WrongState
from generations.telling.elsewhere import differences
from providers import accounts, ledger, quotas
from providers.models import AllowList, AuditEvent, LedgerEntry, ProviderAccount, QuotaCounter, VideoModel
from providers.quotes import Quote
from tests.factories import (
    CAPABILITIES,
    CLOSED_PORT,
    add_member,
    make_account,
    make_asset,
    make_model,
    make_quota,
    make_take,
    make_take_row,
    make_token,
    model_of,
)
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer
from tests.together import together

RULE = {"per": "second", "rates": [{"usd": "0.20"}]}
pytestmark = pytest.mark.django_db


def twin_of(model: VideoModel, gateway: str = "token360", **fields: Any) -> VideoModel:
    """The same model at another account, at $0.20 a second."""
    account = fields.pop("account", None) or make_account(gateway, base_url=CLOSED_PORT)
    told = {"label": model.label, "wire_id": model.wire_id, "price_rule": RULE, **fields}
    return make_model(account=account, **told)


@pytest.fixture
def model() -> VideoModel:
    return make_model(label="Long", account=make_account("token360", base_url=CLOSED_PORT))


@pytest.fixture
def other(model: VideoModel) -> VideoModel:
    return twin_of(model, "elkapi", wire_id="elk-long")


def close(account: ProviderAccount) -> None:
    accounts.pause(account.pk, 3600, "Resting.")
    account.refresh_from_db()


def run(user: Any, take: Generation, to: VideoModel, usd: str | None = None, key: str = "") -> Generation:
    shown = None if usd is None else Decimal(usd)
    return failover.run(user, take, to.account_id, key=key or uuid4().hex, shown_usd=shown)


def fresh(take: Generation) -> Generation:
    return Generation.objects.select_related("project", "author", "account", "model").get(pk=take.pk)


def open_now() -> list[tuple[Any, int, Decimal]]:
    return [(line.account_id, line.attempt, line.amount_usd) for line in ledger.open_holds()]


# --- what is offered -----------------------------------------------------------------------------

REFUSED = {"status": Status.FAILED, "failure_billed": False, "failure_class": "no_balance"}


@pytest.mark.parametrize(
    ("row", "closed", "goes"),
    [
        (REFUSED, False, True),
        ({**REFUSED, "failure_class": "key_rejected"}, True, True),
        ({**REFUSED, "failure_class": "rate_limited"}, False, True),
        ({**REFUSED, "failure_class": "provider_down"}, False, True),
        ({**REFUSED, "failure_class": "provider_down", "job_id": "there"}, False, False),  # it was accepted
        ({**REFUSED, "failure_billed": None}, False, False),  # it may have been billed
        ({**REFUSED, "failure_billed": True}, False, False),
        ({**REFUSED, "failure_class": "moderation"}, False, False),
        ({**REFUSED, "failure_class": "lost"}, False, False),
        ({"status": Status.QUEUED}, True, True),
        ({"status": Status.QUEUED}, False, False),
        ({"status": Status.QUEUED, "awaits_inputs": True}, True, False),
        *[
            ({"status": status}, True, False)
            for status in Status
            if status not in (Status.QUEUED, Status.FAILED)
        ],
    ],
)
def test_only_what_is_known_not_to_be_accepted_is_offered(bob, project, model, other, row, closed, goes):
    take = make_take_row(project=project, model=model, author=bob, hold=False, **row)
    if closed:
        close(model.account)
    found = failover.offered(bob, fresh(take))
    assert [item.way.offer.model for item in found] == ([other] if goes else [])
    if not goes:
        with pytest.raises(WrongState):
            run(bob, fresh(take), other)
        assert Generation.objects.count() == 1 and not LedgerEntry.objects.exists()


@pytest.mark.parametrize("row", [{}, REFUSED], ids=["in line again", "the second one was refused"])
def test_a_take_whose_first_submit_may_have_arrived_stays(bob, signed_in, project, model, other, row):
    take = make_take_row(project=project, model=model, author=bob, hold=False, **row)
    Event.objects.create(project=project, generation=take, kind="submitted again")
    close(model.account)
    assert failover.offered(bob, fresh(take)) == []
    assert not failover.in_vain(bob, fresh(take).account).exists()
    with pytest.raises(WrongState):
        run(bob, fresh(take), other)
    assert Generation.objects.count() == 1 and not LedgerEntry.objects.exists()
    client, url = signed_in(bob), f"/t/{take.pk}/elsewhere"
    assert f'hx-get="{url}"' in client.get(f"/t/{take.pk}").content.decode()
    told = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "A first submit of it was declared lost and may still be billed" in told


def test_a_model_that_is_gone_is_offered_where_it_still_is(bob, project, model, other):
    take = make_take_row(project=project, model=model, **{**REFUSED, "failure_class": "invalid_input"})
    assert failover.offered(bob, fresh(take)) == []
    VideoModel.objects.filter(pk=model.pk).update(retired_at=timezone.now())
    assert [item.way.offer.model for item in failover.offered(bob, fresh(take))] == [other]


@pytest.mark.parametrize("why", ["closed", "retired", "sandbox", "mode", "barred", "takes less", "another"])
def test_an_account_that_cannot_do_it_is_not_offered(admin, bob, project, model, why):
    inputs = [("first_frame", make_asset(project=project))] if why == "takes less" else []
    fields: dict[str, Any] = {
        "closed": {"account": make_account("elkapi", base_url=CLOSED_PORT, enabled=False)},
        "retired": {"retired_at": timezone.now()},
        "sandbox": {"account": make_account("elkapi", base_url=CLOSED_PORT, sandbox=True)},
        "mode": {"capabilities": {**CAPABILITIES, "modes": ["image_to_video"]}},
        "takes less": {"capabilities": {**CAPABILITIES, "inputs": {"first_frame": {"min_side_px": 5000}}}},
        "another": {"label": "Longer", "wire_id": "longer"},
    }.get(why, {})
    twin_of(model, "elkapi", **fields)
    if why == "barred":
        allow_changes.make(
            admin, AllowList(scope="project", project_id=project.pk, accounts=[model.account_id])
        )
    take = make_take_row(project=project, model=model, inputs=inputs, **REFUSED)
    assert failover.offered(bob, fresh(take)) == []
    words = elsewhere.why_barred(bob, fresh(take))
    assert words.endswith("The allow-list of this project.") if why == "barred" else words == ""


def test_who_may_not_spend_is_offered_nothing(charlie, project, model, other):
    add_member(project, charlie, "reviewer")
    take = make_take_row(project=project, model=model, **REFUSED)
    with pytest.raises(NotAllowed):
        failover.offered(charlie, fresh(take))


def test_all_that_differs_is_said_before_the_click(bob, project, model):
    caps = {**CAPABILITIES, "durations_s": [4, 8], "resolutions": ["480p", "4k"], "seed": False}
    caps |= {"negative_prompt": False, "audio": "fixed", "privacy": "anonymized", "may_ask_consent": True}
    there = twin_of(model, "elkapi", capabilities=caps)
    picture = make_asset(project=project)
    take = make_take_row(project=project, model=model, inputs=[("first_frame", picture)], **REFUSED)
    take.request |= {"seed": 7, "negative_prompt": "fog", "resolution": "1080p", "duration_s": 10.0}
    take.save()
    (item,) = failover.offered(bob, fresh(take))
    request = item.way.composition.request
    assert (request.duration_s, request.resolution, request.seed) == (8, "480p", None)
    assert item.way.offer.model == there and item.quote.amount_usd == Decimal("1.60")
    assert differences(item) == [
        "ElkAPI instead of Token360, with its own rules for words and pictures.",
        "Length 8 s instead of 10 s.",
        "Resolution 480p instead of 1080p.",
        "Seed 7: not taken there.",
        "Without: fog: not taken there.",
        "With sound, which cannot be switched off there.",
        "It may ask for consent about people in the pictures.",
        "Anonymized: a third party runs it, and is not told who asks.",
        "$1.60 instead of $0.75.",
    ]


# --- the click -----------------------------------------------------------------------------------


def test_a_refused_take_is_made_anew_once_for_two_clicks(bob, project, model, other):
    take = fresh(make_take_row(project=project, model=model, author=bob, hold=False, **REFUSED))
    with pytest.raises(PriceMoved):
        run(bob, take, other, "0.99")
    made = run(bob, take, other, "1.00", key="k")
    assert run(bob, take, other, "1.00", key="k") == made
    assert (made.parent, made.relation, made.account, made.status) == (take, "retry", other.account, "queued")
    assert open_now() == [(other.account_id, 1, Decimal("1.00"))]
    assert take.events.filter(kind="run elsewhere").count() == 1
    line = AuditEvent.objects.get(verb="ran elsewhere")
    assert (line.subject_id, line.after["account"]) == (str(take.pk), other.account.name)


def test_one_in_line_moves_with_its_hold_and_is_asked_once(bob, project, model, other):
    limit = make_quota(1, scope="account", scope_id=model.account_id, measure="in_flight")
    take = make_take(bob, project, model)
    close(model.account)
    assert take.attempt == 1 and QuotaCounter.objects.get(quota=limit).used_micro == 1_000_000
    with pytest.raises(PriceMoved):
        run(bob, fresh(take), other, "0.75")
    assert open_now() == [(model.account_id, 1, Decimal("0.75"))]
    moved = run(bob, fresh(take), other, "1.00")
    assert (moved.pk, moved.account) == (take.pk, other.account), "as it is now: a page names where it went"
    assert run(bob, fresh(take), other, "1.00").pk == take.pk
    take = fresh(take)
    assert (take.account, take.model, take.status, take.attempt) == (other.account, other, "queued", 2)
    assert open_now() == [(other.account_id, 2, Decimal("1.00"))] and take.held_usd == Decimal("1.00")
    assert QuotaCounter.objects.get(quota=limit).used_micro == 0
    (event,) = take.events.filter(kind="moved to another account")
    assert event.detail["from"] == model.account.name and event.detail["to"] == other.account.name
    kinds = ledger.lines_of(take.pk).values_list("kind", "attempt")
    assert list(kinds) == [("hold", 1), ("release", 1), ("hold", 2)]


def test_a_paused_one_moves_and_stays_paused(alice, bob, signed_in, project, model, other):
    take = make_take(bob, project, model)
    before, since = fresh(take), timezone.now()
    close(model.account)
    queue.pause(bob, fresh(take))
    with pytest.raises(WrongState):  # its author paused it after that was looked at
        run(alice, before, other)
    (item,) = failover.offered(alice, fresh(take))
    assert differences(item)[-1] == "It stays paused there until somebody lets it go on."
    client, form = signed_in(alice), {"account": str(other.account_id), "once": "k", "shown": "1.00"}
    assert client.post(f"/t/{take.pk}/elsewhere", form).status_code == 302
    assert f"Paused at {other.account.name}." in client.get(f"/t/{take.pk}").content.decode()
    take = fresh(take)
    assert take.account == other.account and take.paused_at and take.paused_at > since
    queue.unpause(bob, take)
    assert fresh(take).paused_at is None and open_now() == [(other.account_id, 2, Decimal("1.00"))]


def test_a_key_that_has_moved_a_take_moves_it_nowhere_else(bob, project, model, other):
    third = twin_of(model, "venice", wire_id="third")
    take, second = make_take(bob, project, model), make_take(bob, project, model)
    close(model.account)
    for key in ("one", "another"):  # the second of them only hears that it is there already
        assert run(bob, fresh(take), other, key=key).account == other.account
    close(other.account)
    for key in ("one", "another"):
        assert run(bob, fresh(take), other, key=key).account == other.account
        for meant, to in ((take, third), (second, other)):
            with pytest.raises(KeyReused):
                run(bob, fresh(meant), to, key=key)
    assert (fresh(take).account, fresh(second).account) == (other.account, model.account)
    assert run(bob, fresh(take), third, key="a third").account == third.account
    assert run(bob, fresh(take), other, key="one").account == third.account, "the answer to that click"
    assert len(open_now()) == 2


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_one_click_that_is_sent_six_times_is_answered_six_times(bob, project, model, other):
    take = make_take(bob, project, model)
    close(model.account)
    seen = [fresh(take) for _ in range(6)]
    answers = together(6, lambda number: run(bob, seen[number], other, key="k"))
    assert {(one.pk, one.account_id) for one in answers} == {(take.pk, other.account_id)}
    assert open_now() == [(other.account_id, 2, Decimal("1.00"))]


def test_a_limit_without_room_there_leaves_it_where_it_is(bob, project, model, other):
    make_quota(0, scope="account", scope_id=other.account_id)
    take = make_take(bob, project, model)
    close(model.account)
    with pytest.raises(quotas.QuotaExceeded):
        run(bob, fresh(take), other)
    assert fresh(take).account == model.account and open_now() == [(model.account_id, 1, Decimal("0.75"))]
    assert not fresh(take).events.filter(kind="moved to another account").exists()


def test_a_worker_that_dies_between_release_and_hold_leaves_the_old_hold(
    bob, project, model, other, monkeypatch
):
    take = make_take(bob, project, model)
    close(model.account)

    def dies(*_: Any) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr(attempts, "hold_for", dies)
    with pytest.raises(SystemExit):
        run(bob, fresh(take), other)
    assert open_now() == [(model.account_id, 1, Decimal("0.75"))]
    assert (fresh(take).account, fresh(take).attempt) == (model.account, 1)


def test_a_list_that_was_tightened_meanwhile_counts(admin, bob, project, model, other, monkeypatch):
    take = make_take(bob, project, model)
    close(model.account)
    ways = elsewhere.ways_of(bob, fresh(take))
    monkeypatch.setattr(elsewhere, "ways_of", lambda *_: ways)
    allow_changes.make(admin, AllowList(scope="role", role="editor", accounts=[model.account_id]))
    with pytest.raises(Refused, match="It allows these accounts"):
        run(bob, fresh(take), other)
    assert open_now() == [(model.account_id, 1, Decimal("0.75"))]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_clicks_at_one_moment_move_a_take_once_and_limits_hold(bob, project, model, other):
    """Six takes, each clicked twice at one moment, and room for four of them there."""
    make_quota(4, scope="account", scope_id=other.account_id, measure="in_flight")
    takes = [make_take(bob, project, model) for _ in range(6)]
    close(model.account)

    def click(number: int) -> str:
        try:
            run(bob, fresh(takes[number % 6]), other)
        except (WrongState, quotas.QuotaExceeded) as error:
            return type(error).__name__
        return "moved"

    together(12, click)
    there = Generation.objects.filter(account=other.account)
    assert there.count() == 4 and {take.attempt for take in there} == {2}
    assert sorted(open_now(), key=str) == sorted(
        [(other.account_id, 2, Decimal("1.00"))] * 4 + [(model.account_id, 1, Decimal("0.75"))] * 2, key=str
    )


# --- all of mine at once -------------------------------------------------------------------------


@pytest.fixture
def waiting(alice: Any, bob: Any, project: Any, model: Any, other: Any) -> list[Generation]:
    """Three of bob's wait for a closed account, and one of alice's."""
    make_take(alice, project, model)
    takes = [make_take(bob, project, model) for _ in range(3)]
    close(model.account)
    return takes


def run_all(user: Any, waiting: list[Generation], to: VideoModel, usd: str) -> int:
    ids = [take.pk for take in waiting]
    return failover.run_all(user, waiting[0].account, to.account_id, ids, shown_usd=Decimal(usd))


def test_all_of_mine_go_at_the_sum_that_was_shown(bob, waiting, model, other):
    (group,) = failover.offered_together(bob, model.account)
    assert (group.account, len(group.items), group.total) == (other.account, 3, Decimal("3.00"))
    with pytest.raises(PriceMoved):
        run_all(bob, waiting, other, "2.99")
    assert run_all(bob, waiting, other, "3.00") == 3
    assert Generation.objects.filter(account=other.account, author=bob).count() == 3
    assert len(open_now()) == 4 and Generation.objects.filter(account=model.account).count() == 1


@pytest.mark.parametrize("why", ["no room", "one has gone"])
def test_all_or_none_of_them(bob, waiting, model, other, why):
    if why == "no room":
        make_quota(2, scope="account", scope_id=other.account_id)
    else:
        Generation.objects.filter(pk=waiting[1].pk).update(status=Status.SUBMITTING)
    before = sorted(open_now(), key=str)
    with pytest.raises((quotas.QuotaExceeded, WrongState)):
        run_all(bob, waiting, other, "3.00")
    assert sorted(open_now(), key=str) == before
    assert not Generation.objects.filter(account=other.account).exists()


def test_what_is_held_back_stays_where_it_is(bob, waiting, model, other):
    paused, parked, goes = waiting
    queue.pause(bob, fresh(paused))
    Generation.objects.filter(pk=parked.pk).update(parked_at=timezone.now())
    (group,) = failover.offered_together(bob, model.account)
    assert [item.take for item in group.items] == [goes]
    for held in (paused, parked):
        with pytest.raises(WrongState):
            run_all(bob, [goes, held], other, "9")
    assert run_all(bob, [goes], other, "1.00") == 1
    assert fresh(paused).paused_at and fresh(paused).account == model.account


def test_what_can_go_nowhere_is_not_in_the_way_of_the_rest(bob, signed_in, project, monkeypatch):
    """A long line begins with takes that no other account makes: of another model, or of a picture that is
    too small there."""
    monkeypatch.setattr(failover, "MOST_AT_ONCE", 2)
    here = make_account("token360", base_url=CLOSED_PORT)
    alone, model = make_model(label="Alone", account=here), make_model(label="Long", account=here)
    caps = {**CAPABILITIES, "inputs": {"first_frame": {"min_side_px": 5000}}}
    there = twin_of(model, "elkapi", wire_id="elk-long", capabilities=caps)
    picture = [("first_frame", make_asset(project=project))]
    for _ in range(3):
        make_take_row(author=bob, project=project, model=alone)
        make_take_row(author=bob, project=project, model=model, inputs=picture)
    going = [make_take_row(author=bob, project=project, model=model) for _ in range(3)]
    close(here)
    (group,) = failover.offered_together(bob, here)
    assert [item.take for item in group.items] == going[:2]
    page = signed_in(bob).get(f"/queue/{here.pk}/elsewhere").content.decode()
    assert "9 takes of yours wait" in page and f"Run 2 of 9 at {there.account.name}" in page
    assert "The oldest 2 go at once" in page
    assert run_all(bob, going[:2], there, "2.00") == 2
    (group,) = failover.offered_together(bob, here)
    assert [item.take for item in group.items] == going[2:]


def test_a_line_is_read_in_as_many_queries_however_long_it_is(
    bob, waiting, model, other, django_assert_num_queries
):
    with CaptureQueriesContext(connection) as few:
        assert len(failover.in_vain(bob, model.account)) == 3
    for _ in range(4):
        make_take_row(author=bob, project=waiting[0].project, model=model)
    with django_assert_num_queries(len(few)):
        assert len(failover.in_vain(bob, model.account)) == 7


@pytest.mark.parametrize(
    ("bases", "words"),
    [
        (("quoted", "quoted", "quoted"), "Quoted. "),
        (("quoted", "estimated", "quoted"), "Partly quoted, partly estimated. "),
        (("unknown", "estimated", "unknown"), "Estimated. "),
    ],
)
def test_a_sum_is_not_called_surer_than_its_prices(
    bob, signed_in, waiting, model, other, monkeypatch, bases, words
):
    prices = [Quote(None if basis == "unknown" else Decimal(1), basis) for basis in bases]
    monkeypatch.setattr(failover.create, "price_all", lambda *_: prices)
    page = signed_in(bob).get(f"/queue/{model.account_id}/elsewhere").content.decode()
    assert f">{words}ElkAPI instead" in page


# --- pages and API -------------------------------------------------------------------------------


def test_the_page_of_a_take_shows_price_and_differences_and_the_click_sends_it(
    signed_in, bob, project, model, other
):
    take = make_take_row(project=project, model=model, author=bob, hold=False, **REFUSED)
    client, url = signed_in(bob), f"/t/{take.pk}/elsewhere"
    assert f'hx-get="{url}"' in client.get(f"/t/{take.pk}").content.decode()
    page = client.get(url).content.decode()
    assert f"Run at {other.account.name}" in page and "$1.00" in page
    assert "ElkAPI instead of Token360" in page and "$1.00 instead of $0.75" in page
    form = {"account": str(other.account_id), "once": "a-key", "shown": "0.5"}
    assert client.post(url, form).status_code == 409
    assert client.post(url, {**form, "account": str(uuid4()), "shown": "1.00"}).status_code == 422
    made = client.post(url, {**form, "shown": "1.00"})
    assert made.status_code == 302 and made.url == Generation.objects.get(parent=take).get_absolute_url()
    assert "Made anew at another account" in client.get(f"/t/{take.pk}").content.decode()


def test_the_queue_leads_to_one_click_for_all_of_mine(signed_in, bob, waiting, model, other):
    client, url = signed_in(bob), f"/queue/{model.account_id}/elsewhere"
    assert f'<a class="btn s" href="{url}"' in client.get("/queue").content.decode()
    page = client.get(url).content.decode()
    assert f"Run all 3 at {other.account.name}" in page and "$3.00" in page
    ids = [str(take.pk) for take in waiting]
    form = {"to": str(other.account_id), "take": ids, "shown": "2.00"}
    assert client.post(url, form).status_code == 409
    assert client.post(url, {**form, "shown": "3.00"}).status_code == 302
    assert "3 takes are in line there" in client.get("/queue").content.decode()
    assert "Nothing of yours waits here in vain" in client.get(url).content.decode()


def test_the_api_lists_moves_and_refuses(client, bob, waiting, model, other):
    headers = {"Authorization": f"Bearer {make_token(bob)}"}

    def call(method: str, address: str, body: Any = None, **also: str) -> Any:
        asked = getattr(client, method)
        return asked(f"/api/v1/{address}", body, content_type="application/json", headers={**headers, **also})

    one, *rest = waiting
    (item,) = call("get", f"generations/{one.pk}/alternatives").json()["items"]
    assert (item["account"], item["amount_usd"]) == (other.account.name, "1.00")
    place = f"generations/{one.pk}/failover"
    cheap = call("post", place, {"account": other.account.name, "max_usd": "0.5"})
    assert cheap.status_code == 409 and cheap.json()["error"]["amount_usd"] == "1.00"
    nowhere = call("post", place, {"account": model.account.name})
    assert nowhere.status_code == 422 and nowhere.json()["error"]["allowed"] == [other.account.name]
    once = {"Idempotency-Key": "k"}
    moved = call("post", place, {"account": item["account_id"], "max_usd": "1"}, **once)
    assert call("post", place, {"account": item["account_id"], "max_usd": "1"}, **once).status_code == 202
    assert call("post", place, {"account": model.account.name}, **once).status_code == 409
    assert moved.status_code == 202 and moved.json()["account"] == other.account.name
    line = client.get("/api/v1/queue/alternatives", {"account": model.account.name}, headers=headers).json()
    assert line["items"][0]["amount_usd"] == "2.00" and len(line["items"][0]["takes"]) == len(rest)
    body = {"account": model.account.name, "to": other.account.name}
    assert call("post", "queue/failover", {**body, "max_usd": "2"}).json() == {"moved": 2}
    assert call("post", "queue/failover", body).status_code == 409


# --- over real HTTP ------------------------------------------------------------------------------


@pytest.fixture
def empty_and_full(studio: Line, sandbox: SandboxServer) -> Iterator[tuple[VideoModel, VideoModel]]:
    """Seedance 2.0 Fast at an account without a balance, and at another gateway."""
    empty = make_account(
        "token360", base_url=sandbox.url_for("token360"), key=f"sandbox-empty-{uuid4().hex[:6]}"
    )
    full = make_account("elkapi", base_url=sandbox.url_for("elkapi"))
    yield (
        model_of(empty, "seedance-2.0-fast"),
        model_of(full, "doubao-seedance-2-0-fast-260128"),
    )


def test_a_take_without_a_balance_is_run_elsewhere_and_billed_once(
    studio, sandbox, bob, project, empty_and_full
):
    here, there = empty_and_full
    prompt = f"A kite over a dune {uuid4().hex[:8]}"
    small = {"prompt": prompt, "duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9"}
    take = studio.finish(make_take(bob, project, here, **small))
    waiting = make_take(bob, project, here, **{**small, "prompt": f"{prompt}, again"})
    assert (take.status, take.failure_class, take.failure_billed) == ("failed", "no_balance", False)
    made = run(bob, fresh(take), there)
    # the refusal has paused the account: what stood in line behind it goes on elsewhere as the same take
    moved = run(bob, fresh(waiting), there)
    for one in (made, moved):
        done = studio.finish(fresh(one))
        assert done.status == Status.COMPLETED, done.failure_message
    bills = [(entry["dialect"], entry["prompt"]) for entry in sandbox.bill() if prompt in entry["prompt"]]
    assert sorted(bills) == [("elkapi", prompt), ("elkapi", f"{prompt}, again")]
    assert not ledger.open_holds().exists()
    settled = LedgerEntry.objects.filter(kind="settle").values_list("account_id", flat=True)
    assert set(settled) == {there.account_id} and len(settled) == 2
