"""Keys at rest: they open in their own row, under every field key, and turn over to the first."""

from __future__ import annotations

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from providers import keys, secrets
from providers.models import ProviderAccount
from tests.factories import make_account

KEY = "sk-planted-0123456789"


def new() -> str:
    return Fernet.generate_key().decode()


def test_sealed_text_does_not_show_its_key(settings):
    sealed = secrets.seal(KEY, "row")
    assert KEY not in sealed and secrets.unseal(sealed, "row") == KEY
    assert secrets.sealed_with(sealed) == secrets.key_id(settings.FIELD_KEYS[0])


def test_sealed_text_opens_in_no_other_row(db):
    mine, other = make_account(key=KEY), make_account(key="sk-other-0123456789")
    other.sealed_key = mine.sealed_key
    with pytest.raises(secrets.Unreadable, match="another row"):
        other.get_key()


@pytest.mark.parametrize("text", ["", "v1", "v1:x:y", "v2:x:y", KEY, "v1::"])
def test_what_is_not_sealed_is_never_returned(text):
    with pytest.raises(secrets.Unreadable):
        secrets.unseal(text, "row")


def test_changed_text_does_not_open():
    sealed = secrets.seal(KEY, "row")
    middle = len(sealed) // 2
    spoilt = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    with pytest.raises(secrets.Unreadable):
        secrets.unseal(spoilt, "row")


def test_rotation_reseals_with_the_first_key_and_says_how_many(db, settings):
    accounts = [make_account(key=KEY) for _ in range(3)]
    settings.FIELD_KEYS = [new(), *settings.FIELD_KEYS]
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert out.getvalue().strip() == f"3 under {secrets.current_key_id()}"
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert {ProviderAccount.objects.get(pk=row.pk).get_key() for row in accounts} == {KEY}


def test_rotation_can_be_repeated_and_counts_what_it_cannot_read(db, settings):
    lost = make_account(key=KEY)
    settings.FIELD_KEYS = [new()]
    make_account(key=KEY)
    assert keys.rotate() == keys.rotate() == {"unreadable": 1, secrets.current_key_id(): 1}
    assert ProviderAccount.objects.get(pk=lost.pk).sealed_key == lost.sealed_key


def test_key_saved_during_the_rotation_wins(db, settings, monkeypatch):
    account = make_account(key=KEY)
    settings.FIELD_KEYS = [new(), *settings.FIELD_KEYS]
    seal = secrets.seal

    def slow(plain: str, owner: str) -> str:
        sealed = seal("sk-newer-0123456789", owner)
        ProviderAccount.objects.filter(pk=account.pk).update(sealed_key=sealed)
        return seal(plain, owner)

    monkeypatch.setattr(secrets, "seal", slow)
    keys.rotate()
    account.refresh_from_db()
    assert account.get_key() == "sk-newer-0123456789"
