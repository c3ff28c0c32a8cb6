"""Admin pages that stood open, or were sent at one moment, take nothing back that somebody else saved."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from generations.admin_limits import QuotaForm
from providers import accounts
from providers.admin import AccountForm, ModelForm
from providers.models import AuditEvent, ProviderAccount, VideoModel
from tests.factories import CAPABILITIES, make_account, make_model
from tests.providers.admin_pages import form, model_form, opened, page_of
from tests.together import together

KEY = "sk-planted-0123456789-wxyz"


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
