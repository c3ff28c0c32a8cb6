"""Gateway accounts: keys that go in and never come out, pauses, and what the admin may do."""

from __future__ import annotations

import json
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client

from generations.admin import QuotaForm
from providers import accounts
from providers.admin import AccountForm, ModelForm
from providers.gateways.errors import Refused
from providers.gateways.registry import all_gateways
from providers.gateways.values import FailureClass, KeyCheck
from providers.models import AuditEvent, BadKey, LedgerEntry, ProviderAccount, Quota, VideoModel
from providers.quotas import QuotaExceeded
from providers.seen import marks
from tests.factories import CAPABILITIES, CLOSED_PORT, make_account, make_model, make_quota, make_take_row
from tests.providers.sandbox_server import SandboxServer
from tests.together import together

KEY = "sk-planted-0123456789-wxyz"


def test_new_account_has_the_models_of_its_catalogue(db):
    account = accounts.create_account("venice", "Main", KEY)
    assert account.models.count() > 20 and account.base_url.startswith("https://")
    assert accounts.sync_catalogue(account) == 0


def test_every_gateway_has_its_sandbox_account_on_a_first_run(db, settings, sandbox: SandboxServer):
    settings.SANDBOX_URL = sandbox.origin
    attached = {account.gateway: account for account in accounts.attach_sandbox_accounts()}
    assert {"elkapi", "token360", "venice"} <= set(attached)
    for name, account in attached.items():
        assert account.sandbox and account.base_url == sandbox.url_for(name)
        assert account.models.filter(allowed=True).exists() and accounts.check_key(account).ok


def test_another_address_clears_the_key(db, admin):
    account = make_account(key=KEY)
    accounts.change_address(account, account.base_url + "/", actor=admin)
    assert account.get_key() == KEY
    accounts.change_address(account, "https://elsewhere.example/v1", actor=admin)
    account.refresh_from_db()
    assert account.get_key() == "" and account.why_unusable() == "This account has no key."


def test_an_address_with_takes_in_flight_stays(db, admin, signed_in):
    take = make_take_row(status="running")
    with pytest.raises(accounts.AddressInUse):
        accounts.change_address(take.account, "https://elsewhere.example/v1", actor=admin)
    page = f"/admin/providers/provideraccount/{take.account_id}/change/"
    answer = signed_in(admin).post(page, form(take.account, base_url="https://elsewhere.example/v1"))
    assert "still in flight" in answer.content.decode()
    take.account.refresh_from_db()
    assert "elsewhere" not in take.account.base_url


def test_key_check_asks_the_gateway(db, sandbox: SandboxServer):
    account = make_account(base_url=sandbox.url_for("token360"), key="sandbox-token360-key")
    assert accounts.check_key(account).ok
    account.refresh_from_db()
    assert account.health["ok"] is True and "key" not in str(account.health).lower().replace("key works", "")


def test_good_key_ends_only_the_pause_that_a_bad_one_caused(db, monkeypatch):
    monkeypatch.setattr(accounts, "client_for", lambda account: Says(KeyCheck(True, "fine")))
    caused, asked = make_account(), make_account()
    accounts.note_refusal(caused.pk, FailureClass.KEY_REJECTED)
    accounts.pause(asked.pk, 3600, "Paused by Ada.")
    for account in (caused, asked):
        accounts.check_key(account)
        account.refresh_from_db()
    assert not caused.is_paused() and asked.is_paused()


class Says:
    def __init__(self, found: KeyCheck) -> None:
        self.found = found

    def check_key(self) -> KeyCheck:
        return self.found


def test_longer_pause_stays(db):
    account = make_account()
    accounts.pause(account.pk, 3600, "long")
    accounts.pause(account.pk, 5, "short")
    account.refresh_from_db()
    assert account.pause_reason == "long"


def test_unreadable_key_pauses_its_account_and_is_not_sent(db, settings):
    account = make_account(key=KEY)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(Refused) as refused:
        accounts.client_for(account)
    account.refresh_from_db()
    assert account.is_paused() and "cannot be read" in account.pause_reason
    assert refused.value.failure_class == FailureClass.KEY_REJECTED and KEY not in refused.value.raw


# --- the admin -------------------------------------------------------------------------------------


@pytest.fixture
def desk(admin: Any, signed_in: Any) -> Client:
    return signed_in(admin)


def form(account: ProviderAccount, **changes: Any) -> dict[str, Any]:
    names = ("name", "base_url", "max_in_flight", "submits_per_min", "polls_per_min")
    values = {name: getattr(account, name) for name in names}
    seen = json.dumps(marks(account, (*names, "enabled")))
    return {**values, "enabled": "on", "key": "", "seen": seen, **changes}


def page_of(row: Any) -> str:
    return f"/admin/providers/{row._meta.model_name}/{row.pk}/change/"


def test_admin_adds_an_account_with_a_key_and_never_shows_it(desk):
    said = {"gateway": "token360", "name": "Main", "base_url": "", "key": KEY}
    assert desk.post("/admin/providers/provideraccount/add/", said).status_code == 302
    account = ProviderAccount.objects.get(name="Main")
    assert account.get_key() == KEY and account.models.exists()
    seen = desk.get(page_of(account)).content + desk.get("/admin/providers/provideraccount/").content
    seen += desk.get(f"/admin/providers/provideraccount/{account.pk}/history/").content
    seen += desk.get("/admin/providers/auditevent/").content
    assert KEY.encode() not in seen and account.sealed_key.encode() not in seen and b"wxyz" in seen
    assert KEY not in str(list(AuditEvent.objects.values()))


def test_admin_saves_a_new_key_for_a_new_address(desk):
    account = make_account(key="sk-old-0123456789")
    desk.post(page_of(account), form(account, base_url="https://new.example/v1", key=KEY))
    account.refresh_from_db()
    assert account.base_url == "https://new.example/v1" and account.get_key() == KEY
    assert list(AuditEvent.objects.values_list("verb", flat=True).order_by("id"))[-2:] == [
        "change address",
        "save key",
    ]


@pytest.fixture
def meanwhile(monkeypatch: Any) -> Any:
    """``meanwhile(form, field, do)``: ``do`` happens after the form's row was read and before it is saved."""

    def arrange(form: Any, field: str, do: Any) -> None:
        clean = getattr(form, f"clean_{field}")

        def clean_late(self: Any) -> Any:
            do()
            return clean(self)

        monkeypatch.setattr(form, f"clean_{field}", clean_late)

    return arrange


def test_what_another_administrator_saved_meanwhile_stays(desk, meanwhile):
    account = make_account(key="sk-old-0123456789")

    def another() -> None:
        accounts.save_key(ProviderAccount.objects.get(pk=account.pk), KEY)
        accounts.pause(account.pk, 3600, "Paused by Ada.")

    meanwhile(AccountForm, "key", another)
    assert desk.post(page_of(account), form(account, max_in_flight=3)).status_code == 302
    account.refresh_from_db()
    assert (account.max_in_flight, account.get_key()) == (3, KEY)
    assert account.is_paused() and account.pause_reason == "Paused by Ada."


def opened(desk: Client, row: Any) -> dict[str, Any]:
    """The row's page as the browser would send it back untouched."""
    drawn = desk.get(page_of(row)).context["adminform"].form
    values = {name: drawn[name].value() for name in drawn.fields}
    for field in drawn:
        if field.field.show_hidden_initial:  # Django draws the first value beside it, unseen
            values[field.html_initial_name] = field.value()
    sent = {name: "on" if value is True else value for name, value in values.items()}
    return {name: value for name, value in sent.items() if value is not None and value is not False}


def test_a_page_that_stood_open_takes_nothing_back(desk):
    model = make_model()
    old = opened(desk, model)
    found = {**CAPABILITIES, "durations_s": [9.0]}
    VideoModel.objects.filter(pk=model.pk).update(capabilities=found)  # a discovery, say
    answer = desk.post(page_of(model), {**old, "label": "Typed for minutes"})
    said = answer.content.decode()
    assert "since the page was opened: Capabilities. Nothing was saved" in said
    assert "Typed for minutes" in said and answer.status_code == 200
    model.refresh_from_db()
    assert (model.capabilities, model.source, model.label) == (found, "catalogue", old["label"])
    assert desk.post(page_of(model), {**opened(desk, model), "label": "Ours"}).status_code == 302
    model.refresh_from_db()
    assert (model.capabilities["durations_s"], model.label, model.source) == ([9.0], "Ours", "edited")


def test_an_old_page_does_not_bring_back_an_address_and_clear_the_key(desk):
    account = make_account(base_url="https://old.example/v1")
    old = opened(desk, account)
    accounts.change_address(account, "https://new.example/v1")
    accounts.save_key(account, KEY)
    answer = desk.post(page_of(account), {**old, "max_in_flight": 3})
    assert "opened: Base address. Nothing" in answer.content.decode()
    account.refresh_from_db()
    assert (account.base_url, account.get_key()) == ("https://new.example/v1", KEY)


def test_what_changes_beside_a_page_does_not_stop_it(desk):
    account, model = make_account(), make_model()
    pages = [(row, opened(desk, row)) for row in (account, model)]
    accounts.pause(account.pk, 3600, "Paused by Ada.")
    VideoModel.objects.filter(pk=model.pk).update(listed=False, deprecation={"date": "2027-01-01"})
    for row, page in pages:
        answer = desk.post(page_of(row), page)
        assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert not AuditEvent.objects.filter(verb="change").exists()
    model.refresh_from_db()
    assert model.source == "catalogue" and not model.listed


@pytest.mark.parametrize("seen", ["", "{", "[]", "null", "[" * 5000, '{"label": 3}'])
def test_a_page_without_its_marks_saves_nothing(desk, seen):
    model = make_model()
    answer = desk.post(page_of(model), model_form(model, label="Ours", seen=seen))
    assert answer.status_code == 200 and "since the page was opened" in answer.content.decode()


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_pages_sent_at_one_moment_one_is_saved(admin, signed_in, meanwhile):
    model, all_there = make_model(), Barrier(4)

    def wait_for_the_others() -> None:
        with suppress(BrokenBarrierError):  # as it must be: they wait for the row
            all_there.wait(1)

    meanwhile(ModelForm, "price_rule", wait_for_the_others)
    desks = [signed_in(admin) for _ in range(4)]
    pages = [{**opened(client, model), "label": f"Typed {n}"} for n, client in enumerate(desks)]
    answers = together(4, lambda n: desks[n].post(page_of(model), pages[n]).status_code)
    assert sorted(answers) == [200, 200, 200, 302]
    assert AuditEvent.objects.filter(verb="change").count() == 1


def test_what_was_found_meanwhile_stays_beside_an_edit(desk, meanwhile):
    model = make_model()
    rows = VideoModel.objects.filter(pk=model.pk)
    meanwhile(
        ModelForm, "price_rule", lambda: rows.update(listed=False, family="theirs", discovered={"a": 1})
    )
    assert desk.post(page_of(model), model_form(model, label="Ours")).status_code == 302
    after = rows.get()
    assert (after.label, after.source) == ("Ours", "edited") and after.updated_at > model.updated_at
    assert (after.listed, after.family, after.discovered) == (False, "theirs", {"a": 1})


def test_a_key_or_an_address_saved_into_an_old_row_takes_nothing_else_back(db):
    account = make_account(base_url="https://old.example/v1")
    for save in (
        lambda: accounts.save_key(account, KEY),
        lambda: accounts.change_address(account, "https://new.example/v1"),
    ):
        ProviderAccount.objects.filter(pk=account.pk).update(name="Renamed", max_in_flight=3)
        accounts.pause(account.pk, 3600, "Paused by Ada.")
        save()
        row = ProviderAccount.objects.get(pk=account.pk)
        assert (row.name, row.max_in_flight, row.pause_reason) == ("Renamed", 3, "Paused by Ada.")
    assert (row.base_url, row.masked_key) == ("https://new.example/v1", "")


def test_a_new_key_ends_the_pause_that_the_old_one_caused(db):
    account = make_account()
    accounts.note_refusal(account.pk, FailureClass.KEY_REJECTED)
    accounts.save_key(account, KEY)
    assert not account.is_paused() and not ProviderAccount.objects.get(pk=account.pk).is_paused()


def test_admin_clears_the_key_when_only_the_address_changes(desk):
    account = make_account(key=KEY)
    desk.post(page_of(account), form(account, base_url="https://new.example/v1", max_in_flight=3))
    account.refresh_from_db()
    assert account.get_key() == "" and account.max_in_flight == 3
    assert AuditEvent.objects.get(verb="change").after == {"max_in_flight": 3}


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        ("test_key", "test key"),
        ("refresh_catalogue", "refresh catalogue"),
        ("pause", "pause"),
        ("end_pause", "end pause"),
    ],
)
def test_each_action_leaves_a_line_in_the_audit_log(desk, admin, action, verb):
    account = make_account(base_url=CLOSED_PORT)
    said = {"action": action, "_selected_action": str(account.pk)}
    assert desk.post("/admin/providers/provideraccount/", said).status_code == 302
    assert AuditEvent.objects.get(verb=verb).actor_id == admin.pk
    account.refresh_from_db()
    assert account.is_paused() == (action == "pause")


def model_form(model: VideoModel, **changes: Any) -> dict[str, Any]:
    said = {"label": model.label, "family": model.family, "allowed": "on"}
    said |= {"retired_at_0": "", "retired_at_1": ""}
    rows = {name: json.dumps(getattr(model, name)) for name in ("capabilities", "price_rule")}
    seen = json.dumps(marks(model, ModelForm.Meta.fields))
    return {**said, **rows, "seen": seen, **changes}


def test_edited_model_is_kept_from_the_catalogue(desk):
    account = make_account()
    model = account.models.first()
    assert desk.post(page_of(model), model_form(model, label="Ours")).status_code == 302
    accounts.sync_catalogue(account)
    model.refresh_from_db()
    assert model.label == "Ours" and model.source == "edited"


@pytest.mark.parametrize("wrong", ['{"modes": ["dance"]}', "[]", "3", '{"durations_s": "long"}', "{"])
def test_capabilities_of_the_wrong_shape_are_refused(desk, wrong):
    model = make_model()
    answer = desk.post(page_of(model), model_form(model, capabilities=wrong))
    assert answer.status_code == 200 and b"errorlist" in answer.content


def test_disallowed_model_is_no_longer_offered(desk):
    model = make_model()
    desk.post("/admin/providers/videomodel/", {"action": "disallow", "_selected_action": str(model.pk)})
    assert not VideoModel.objects.offered().filter(pk=model.pk).exists()
    assert AuditEvent.objects.filter(verb="disallow", subject_id=str(model.pk)).exists()


def test_limits_are_made_for_a_project_and_only_once(desk, project):
    said = {"applies_to": f"project:{project.pk}", "measure": "money", "period": "month", "limit": "50"}
    address = "/admin/providers/quota/add/"
    desk.post(address, said)
    assert Quota.objects.get().scope_id == project.pk
    assert desk.post(address, said).status_code == 200 and Quota.objects.count() == 1
    assert b"Harbour film" in desk.get("/admin/providers/quota/").content


def test_of_a_limit_only_the_sum_can_be_changed(desk, project):
    quota = make_quota(5, measure="in_flight")
    page = f"/admin/providers/quota/{quota.pk}/change/"
    assert "stays as it was made" in desk.get(page).content.decode()
    sent = {**opened(desk, quota), "limit": "7"}
    other = {"applies_to": f"project:{project.pk}", "measure": "money", "period": "day"}
    assert desk.post(page, {**sent, **other}).status_code == 302
    quota.refresh_from_db()
    assert (quota.limit, quota.measure, quota.period, quota.scope) == (7, "in_flight", "lifetime", "studio")
    assert AuditEvent.objects.get(verb="change").after == {"limit": "7"}
    assert "opened: Limit. Nothing" in desk.post(page, {**sent, "limit": "9"}).content.decode()
    quota.refresh_from_db()
    assert quota.limit == 7


def test_a_limit_made_in_the_admin_counts_what_is_in_flight(desk):
    make_take_row()
    said = {"applies_to": "studio", "measure": "in_flight", "period": "lifetime", "limit": "1"}
    assert desk.post("/admin/providers/quota/add/", said).status_code == 302
    with pytest.raises(QuotaExceeded):
        make_take_row()


SAME = [
    (
        "quota",
        QuotaForm,
        "limit",
        {"applies_to": "studio", "measure": "count", "period": "day", "limit": "5"},
        "There is such a limit already",
    ),
    (
        "provideraccount",
        AccountForm,
        "key",
        {"gateway": "venice", "name": "Main", "base_url": "", "key": KEY},
        "with this Name already exists",
    ),
    (
        "videomodel",
        ModelForm,
        "price_rule",
        {"wire_id": "x", "label": "X", "allowed": "on", "capabilities": '{"modes": []}', "price_rule": "{}"},
        "with this Account and Id at the gateway already exists",
    ),
]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "checked", "field", "said", "refusal"), SAME, ids=[row[0] for row in SAME])
def test_of_two_who_add_the_same_one_is_told_in_the_form(
    admin, signed_in, meanwhile, kind, checked, field, said, refusal
):
    if kind == "videomodel":
        said = {**said, "account": str(make_account("venice").pk)}
    both, desks = Barrier(2), [signed_in(admin) for _ in range(2)]

    def wait_for_the_other() -> None:
        with suppress(BrokenBarrierError):
            both.wait(1)

    meanwhile(checked, field, wait_for_the_other)
    answers = together(2, lambda n: desks[n].post(f"/admin/providers/{kind}/add/", said))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    told = next(answer for answer in answers if answer.status_code == 200)
    assert refusal in told.content.decode()
    assert AuditEvent.objects.filter(verb="create", actor_id=admin.pk).count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "providers/provideraccount/",
        "providers/provideraccount/add/",
        "providers/videomodel/",
        "providers/quota/",
        "providers/quota/add/",
        "providers/ledgerentry/",
        "providers/auditevent/",
        "generations/generation/",
        "generations/consentrecord/",
    ],
)
def test_pages_are_for_administrators_alone(desk, alice, producer, signed_in, address):
    make_take_row()
    make_quota(3)
    assert desk.get(f"/admin/{address}").status_code == 200
    assert {signed_in(person).get(f"/admin/{address}").status_code for person in (alice, producer)} == {404}


def test_takes_and_ledger_lines_are_only_read(desk):
    take = make_take_row()
    for row in (take, LedgerEntry.objects.get()):
        page = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}"
        assert desk.get(f"{page}/change/").status_code == 200
        assert desk.post(f"{page}/change/", {"status": "completed"}).status_code == 403
        assert desk.post(f"{page}/delete/", {"post": "yes"}).status_code == 403


def test_a_first_run_attaches_a_sandbox_of_every_gateway(db, settings, sandbox: SandboxServer):
    settings.SANDBOX_URL = sandbox.origin
    attached = {account.gateway: account for account in accounts.attach_sandbox_accounts()}
    assert set(attached) == set(all_gateways())
    for name, account in attached.items():
        assert account.base_url == sandbox.url_for(name)
        assert account.sandbox and accounts.check_key(account).ok, name
    assert len(accounts.attach_sandbox_accounts()) == ProviderAccount.objects.count()


# --- keys that no header can take -----------------------------------------------------------------------


BAD_KEYS = [
    "sk-two\nlines-0123456789",
    "sk-tab\there-0123456789",
    "sk-schlüssel-0123456789",
    "sk-\x00-nought-0123",
]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_no_header_can_take_is_refused_in_one_sentence(db, key):
    with pytest.raises(BadKey) as refused:
        accounts.create_account("venice", "Main", key)
    assert str(refused.value).endswith(".") and key not in str(refused.value)
    assert not ProviderAccount.objects.exists()
    account = make_account(key=KEY)
    with pytest.raises(BadKey):
        accounts.save_key(account, key)
    account.refresh_from_db()
    assert account.get_key() == KEY


@pytest.mark.parametrize("key", BAD_KEYS[1:3])
def test_the_form_says_so_at_the_key(db, admin, signed_in, key):
    form = {"gateway": "venice", "name": "Main", "base_url": "", "key": key}
    answer = signed_in(admin).post("/admin/providers/provideraccount/add/", form)
    assert answer.status_code == 200 and "a character that no key has" in answer.content.decode()
    assert not ProviderAccount.objects.exists()


def test_the_line_end_that_was_copied_along_is_no_mistake(db):
    assert make_account(key=f"{KEY}\n").get_key() == KEY


def test_every_gateway_gets_a_sandbox_account_that_answers(db, settings, sandbox):
    settings.SANDBOX_URL = sandbox.origin
    made = accounts.attach_sandbox_accounts()
    assert [account.gateway for account in made] == sorted(all_gateways())
    for account in made:
        assert account.sandbox and accounts.check_key(account).ok, account.base_url
    assert [account.pk for account in accounts.attach_sandbox_accounts()] == [account.pk for account in made]


def test_an_address_is_kept_as_its_gateway_wants_it(db, admin):
    account = make_account("silkdock", base_url="https://silkdock.example/v1/")
    assert account.base_url == "https://silkdock.example"
    accounts.change_address(account, "https://silkdock.example/v1", actor=admin)
    account.refresh_from_db()
    assert account.masked_key  # the same address: the key stays
    accounts.change_address(account, "https://other.example/v1", actor=admin)
    assert (account.base_url, account.masked_key) == ("https://other.example", "")
