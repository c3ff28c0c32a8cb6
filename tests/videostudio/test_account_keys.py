"""The page of an account's keys: what is kept for its jobs, ended or taken back by an administrator."""

from __future__ import annotations

import pytest

from providers import accounts
from providers.models import AuditEvent, FormerKey
from tests.factories import make_account, make_take_row
from tests.providers.admin_pages import form, page_of

OLD, NEW = "sk-planted-old-0123", "sk-planted-new-4567"


@pytest.fixture
def account(db):
    account = make_account(key=OLD)
    make_take_row(account=account, status="running", key_no=1)
    accounts.save_key(account, NEW)
    return account


@pytest.fixture
def desk(signed_in, admin):
    return signed_in(admin)


def keys_of(account):
    return f"/admin/providers/provideraccount/{account.pk}/keys/"


def test_the_page_names_both_by_their_last_letters_and_the_takes_that_wait(desk, account):
    page = desk.get(keys_of(account)).content.decode()
    assert (
        "…4567" in page
        and "…0123" in page
        and "1 take was sent with it" in page
        and "End it all the same" in page
    )
    assert OLD not in page and NEW not in page
    assert keys_of(account) in desk.get(page_of(account)).content.decode()


def test_it_is_ended_by_hand_once(desk, account, admin):
    row = FormerKey.objects.get()
    for words in ("is erased here", "was gone already"):
        answer = desk.post(f"{keys_of(account)}{row.pk}/end", follow=True)
        assert words in answer.content.decode()
    assert "None. When you save another key" in answer.content.decode()
    line = AuditEvent.objects.get(verb="end former key")
    assert (line.actor_name, line.before) == (str(admin), {"key": "…0123", "why": "ended by hand"})


def test_it_is_used_again_and_the_other_one_is_kept(desk, account):
    row = FormerKey.objects.get()
    answer = desk.post(f"{keys_of(account)}{row.pk}/back", follow=True).content.decode()
    account.refresh_from_db()
    assert account.get_key() == OLD and "is used again" in answer
    assert (account.key_no, account.keys_saved, FormerKey.objects.get().get_key()) == (1, 2, NEW)
    FormerKey.objects.filter(last4="4567").update(sealed_key="v1:gone:nothing")
    lost = FormerKey.objects.get(last4="4567")
    answer = desk.post(f"{keys_of(account)}{lost.pk}/back", follow=True).content.decode()
    assert "cannot be read" in answer and account.get_key() == OLD


def test_one_that_has_leaked_is_not_kept(desk, account):
    for same in ("", NEW):
        page = desk.post(page_of(account), form(account, key=same, leaked="on"))
        assert (
            page.status_code == 200 and "takes the place of the one that has leaked" in page.content.decode()
        )
    assert FormerKey.objects.count() == 1
    desk.post(page_of(account), form(account, key="sk-planted-newest-89ab", leaked="on"))
    account.refresh_from_db()
    assert account.masked_key == "…89ab" and not FormerKey.objects.exists()


def test_nobody_else_sees_it(account, alice, signed_in, client):
    row = FormerKey.objects.get()
    for visitor in (signed_in(alice), client):
        assert visitor.get(keys_of(account)).status_code in (302, 404)
        for word in ("end", "back"):
            assert visitor.post(f"{keys_of(account)}{row.pk}/{word}").status_code in (302, 404)
    assert FormerKey.objects.count() == 1


def test_the_history_of_an_account_is_what_the_audit_log_has(desk, account):
    accounts.take_back(FormerKey.objects.select_related("account").get())
    page = desk.get(page_of(account).replace("/change/", "/history/")).content.decode()
    assert page.count("save key") == 2 and "key: …4567 → …0123" in page and OLD not in page
