"""Another key while jobs are at the gateway: what the old one made is asked about with it until it is done.

The sandbox knows a job by the key that made it alone.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import CostLookUp, Generation, Status
from generations.services import reconcile, spent_keys
from generations.services.round import Round
from providers import accounts, former_keys, keys
from providers.gateways.errors import Busy, Refused
from providers.gateways.values import FailureClass
from providers.models import AuditEvent, BadKey, FormerKey
from tests.factories import make_take_row, model_of
from tests.generations.desk import SMALL, Desk
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer

LONG_AGO = timezone.now() - timedelta(days=40)
NEWER = "sandbox-newer-0123456789"


@pytest.fixture(params=["token360", "siliconflow"])  # one sends a link, one its files
def desk(request: pytest.FixtureRequest, sandbox: SandboxServer) -> Desk:
    models = {"token360": "seedance-2.0", "siliconflow": "Wan-AI/Wan2.2-T2V-A14B"}
    values = SMALL if request.param == "token360" else {"aspect_ratio": "16:9"}
    return Desk(sandbox, request.param, models[request.param], values)


def sent(studio: Line, desk: Desk, word: str) -> Generation:
    take = desk.take(desk.prompt(word))
    studio.send()
    take.refresh_from_db()
    assert take.status == Status.RUNNING
    return take


def test_a_job_is_collected_with_the_key_that_made_it(studio: Line, desk: Desk) -> None:
    take = sent(studio, desk, "before the change")
    accounts.save_key(desk.account, NEWER)
    studio.finish(take)
    assert (take.status, take.key_no) == (Status.COMPLETED, 1)
    later = studio.finish(desk.take(desk.prompt("after the change")))
    assert (later.status, later.key_no) == (Status.COMPLETED, 2)
    assert [bill["key_last4"] for bill in desk.bills(later)] == [NEWER[-4:]]


def test_one_that_the_gateway_rejects_is_ended_and_the_account_goes_on(studio: Line, desk: Desk) -> None:
    take = sent(studio, desk, "rejected")
    other = Generation.objects.filter(pk=take.pk)
    desk.account.set_key("of-somebody-else-entirely")
    row = former_keys.keep(desk.account)
    desk.account.refresh_from_db()
    FormerKey.objects.filter(pk=row.pk).update(no=7)
    other.update(key_no=7)
    studio.finish(take)
    assert take.status == Status.COMPLETED and not FormerKey.objects.exists()
    desk.account.refresh_from_db()
    assert not desk.account.is_paused()
    assert AuditEvent.objects.get(verb="end former key").before["why"] == "the gateway rejected it"


def test_it_goes_when_its_takes_are_done_and_not_before(studio: Line, desk: Desk) -> None:
    take = sent(studio, desk, "done")
    accounts.save_key(desk.account, NEWER)
    assert spent_keys.end(FormerKey.objects.all()) == 0  # a submit may be on its way with it
    FormerKey.objects.update(replaced_at=timezone.now() - former_keys.SOONEST)
    assert spent_keys.end(FormerKey.objects.all()) == 0  # its take is not done
    studio.finish(take)
    waits = CostLookUp.objects.all()  # one of the two tells afterwards what a take has cost
    assert spent_keys.end(FormerKey.objects.all()) == (0 if waits.exists() else 1)
    assert FormerKey.objects.exists() == waits.exists()
    waits.delete()
    assert spent_keys.end(FormerKey.objects.all()) in (0, 1) and not FormerKey.objects.exists()


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"status": "uncertain"}, True),
        ({"status": "failed", "failure_class": "provider_down", "job_id": "j"}, True),  # *Resume* asks again
        ({"status": "failed", "failure_class": "moderation", "job_id": "j"}, False),
        ({"status": "failed", "failure_class": "lost", "job_id": "j", "ended_at": LONG_AGO}, False),
        ({"status": "cancelled", "finished_at": timezone.now()}, True),
        ({"status": "completed"}, False),
    ],
)
def test_what_may_be_asked_about_once_more_keeps_it(account, fields: dict, kept: bool) -> None:
    make_take_row(account=account, hold=False, **{"key_no": 1, "ended_at": timezone.now(), **fields})
    accounts.save_key(account, NEWER)
    FormerKey.objects.update(replaced_at=timezone.now() - former_keys.SOONEST)
    with CaptureQueriesContext(connection) as asked:
        assert spent_keys.end(FormerKey.objects.all()) == (not kept)
    for query in asked.captured_queries:
        if "generations_generation" in query["sql"] and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plan = str(cursor.fetchall())
            assert "SCAN" not in plan.replace("SCAN 1", ""), plan  # a million takes cost as much as ten


def test_a_key_is_never_sent_to_a_host_that_it_was_not_saved_for(account, studio: Line) -> None:
    """What the sweep has read of keys may be older than what it has read of accounts."""
    accounts.save_key(account, NEWER)
    stale = former_keys.all_by_job()
    account.refresh_from_db()
    assert former_keys.among(stale, account, 1) and former_keys.of_job(account, 1)
    account.base_url = "https://elsewhere.example/v1"
    assert not former_keys.among(stale, account, 1) and not former_keys.of_job(account, 1)


def test_what_is_told_to_a_former_key_is_no_word_about_the_account(studio: Line, desk: Desk) -> None:
    """No balance and a wish for rest speak of the key that asked."""
    take = sent(studio, desk, "told")
    accounts.save_key(desk.account, NEWER)
    around = Round()
    around._load_accounts()
    around._tickets._load([take.pk])
    ticket = around._tickets._known[take.pk]
    assert ticket.key_no == 1
    for error in (Refused("No money.", FailureClass.NO_BALANCE), Busy("Wait.", retry_after_s=900.0)):
        assert around._trouble(ticket, error, timezone.now())
        desk.account.refresh_from_db()
        assert not desk.account.is_paused()
    assert accounts.client_for(desk.account, 1)._hear is None
    studio.turn()
    desk.account.refresh_from_db()
    assert desk.account.standing == {}


def test_takes_of_two_keys_are_looked_for_in_two_lists(account, studio: Line) -> None:
    model = model_of(account, "seedance-2.0")
    first = make_take_row(model=model, status="uncertain", key_no=1, prompt="A kite")
    make_take_row(model=model, status="uncertain", key_no=2, project=first.project, prompt="A kite")
    assert [twin.pk for twin in reconcile._twins(first)] == [first.pk]


@pytest.fixture
def account(db: None, sandbox: SandboxServer) -> object:
    return Desk(sandbox, "token360", "seedance-2.0", SMALL).account


def test_it_is_kept_for_a_month_at_most(account, studio: Line) -> None:
    accounts.save_key(account, NEWER)
    FormerKey.objects.update(replaced_at=timezone.now() - former_keys.LONGEST + timedelta(minutes=1))
    row = FormerKey.objects.get()
    assert not former_keys.is_old(row)
    FormerKey.objects.update(replaced_at=timezone.now() - former_keys.LONGEST)
    assert spent_keys.end(FormerKey.objects.all()) == 1


def test_one_that_has_leaked_is_not_kept_and_takes_the_others_along(account) -> None:
    accounts.save_key(account, NEWER)
    accounts.save_key(account, NEWER)  # the same once more is no change
    assert FormerKey.objects.count() == 1 and account.key_no == 2
    for same in ("", f" {NEWER} "):
        with pytest.raises(BadKey):
            accounts.save_key(account, same, leaked=True)
    assert FormerKey.objects.count() == 1
    accounts.save_key(account, "sandbox-newest-0123456789", leaked=True)
    assert not FormerKey.objects.exists() and account.key_no == 3


def test_it_belongs_to_its_host(account) -> None:
    accounts.save_key(account, NEWER)
    accounts.change_address(account, "https://elsewhere.example/v1")
    assert not FormerKey.objects.exists()


def test_it_is_taken_back_once_and_turned_over_to_new_field_keys(account, settings) -> None:
    from cryptography.fernet import Fernet

    before = account.get_key()
    accounts.save_key(account, NEWER)
    row = FormerKey.objects.select_related("account").get()
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    assert sum(keys.rotate().values()) == 2
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    row.refresh_from_db()
    type(account).objects.filter(pk=account.pk).update(health={"ok": False, "message": "Incorrect."})
    assert accounts.take_back(row) and not accounts.take_back(row)
    account.refresh_from_db()
    assert (account.get_key(), account.key_no, account.health) == (before, 1, {})
    assert [(found.get_key(), found.no) for found in FormerKey.objects.all()] == [(NEWER, 2)]
    accounts.save_key(account, "sandbox-third-0123456789")
    accounts.save_key(account, NEWER)  # typed once more, it is the one that was kept
    assert (account.key_no, account.keys_saved) == (2, 3)
    assert sorted(found.no for found in FormerKey.objects.all()) == [1, 3]


def test_a_take_whose_account_got_another_key_meanwhile_is_sent_with_that(studio: Line, desk: Desk) -> None:
    """The claim of a submit is for the key that was read with the account."""
    take = desk.take(desk.prompt("meanwhile"))
    stale = Generation.objects.select_related("account", "model", "project", "author").get(pk=take.pk)
    accounts.save_key(desk.account, NEWER)
    from generations.services import consent, submit
    from generations.services.outgoing import prepare

    clear = consent.clearance(stale)
    assert clear is not None
    submit._send(stale, prepare(stale), clear)
    take.refresh_from_db()
    assert (take.status, take.key_no) == (Status.QUEUED, None) and not desk.bills(take)
    studio.finish(take)
    assert (take.status, take.key_no) == (Status.COMPLETED, 2)
