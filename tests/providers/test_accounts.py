"""Gateway accounts: keys that go in and never come out, addresses, and pauses."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from providers import accounts
from providers.gateways.errors import Refused
from providers.gateways.registry import all_gateways
from providers.gateways.values import FailureClass, KeyCheck
from providers.models import BadKey, ProviderAccount
from tests.factories import make_account
from tests.providers.sandbox_server import SandboxServer

KEY = "sk-planted-0123456789-wxyz"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_an_account_at_the_sandboxs_own_address_is_one_of_the_sandbox(db, admin, settings, host):
    settings.SANDBOX_URL = "http://127.0.0.1:8123"
    play = accounts.create_account("venice", "Play", KEY, base_url=f"http://{host}:8123/venice/api/v1")
    real = accounts.create_account("venice", "Real", KEY, base_url=f"http://{host}:8124/venice/api/v1")
    assert play.sandbox and not real.sandbox
    for account, address in ((play, real.base_url), (real, play.base_url)):
        with pytest.raises(accounts.AddressInUse, match="another account"):
            accounts.change_address(account, address, actor=admin)


@pytest.mark.parametrize(
    ("own", "hosts"),
    [
        (
            "127.0.0.1",
            "0.0.0.0 localhost. LocalHost 127.1 127.0.0.2 [::ffff:127.0.0.1] [::ffff:7f00:1] 2130706433 "
            "0x7f.1 0177.0.0.1 127.0.0.1. [::] [0:0:0:0:0:0:0:1] video.localhost",
        ),
        ("sandbox", "sandbox sandbox. SANDBOX"),
        ("10.0.0.9", "10.0.0.9 10.9 [::ffff:10.0.0.9]"),
    ],
)
def test_no_other_spelling_hides_the_sandbox(settings, own, hosts):
    settings.SANDBOX_URL = f"http://{own}:8123"
    for host in hosts.split():
        assert accounts.is_sandbox(f"http://{host}:8123/venice"), host
        assert not accounts.is_sandbox(f"http://{host}:8124/venice"), host
    for host in (
        "api.venice.ai",
        "localhost.example.com",
        "10.0.0.8",
        "[2001:db8::1]",
        "128.1",
        "127.example",
        "",
    ):
        assert not accounts.is_sandbox(f"http://{host}:8123/venice"), host


def test_new_account_has_the_models_of_its_catalogue(db):
    account = accounts.create_account("venice", "Main", KEY)
    assert account.models.count() > 20 and account.base_url.startswith("https://")
    assert accounts.sync_catalogue(account) == 0


def test_another_address_clears_the_key(db, admin):
    account = make_account(key=KEY)
    accounts.change_address(account, account.base_url + "/", actor=admin)
    assert account.get_key() == KEY
    accounts.change_address(account, "https://elsewhere.example/v1", actor=admin)
    account.refresh_from_db()
    assert account.get_key() == "" and account.why_unusable() == "This account has no key."


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


def test_what_the_gateway_asked_for_closes_nothing_whatever_its_words(db):
    asked, stopped = make_account(), make_account()
    accounts.rest(asked.pk, 60)
    ProviderAccount.objects.filter(pk=asked.pk).update(pause_reason="Das Gateway bat zu warten.")
    accounts.pause(stopped.pk, 60, "The gateway asked to wait.")
    for account in (asked, stopped):
        account.refresh_from_db()
    assert (asked.why_unusable(), asked.why_closed()) == ("Das Gateway bat zu warten.", "")
    assert stopped.why_closed() == "The gateway asked to wait."
    asked.enabled = False
    assert asked.why_closed() == "This account is switched off."


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
