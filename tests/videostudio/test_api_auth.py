"""Who may call the API: bearer tokens and sessions with CSRF."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from ninja.errors import HttpError

from videostudio.auth import SessionAuth, TokenAuth
from videostudio.models import ApiToken


def ask(token: str, method: str = "GET", scope: str = "write"):
    request = RequestFactory().generic(method, "/api/v1/x", headers={"Authorization": f"Bearer {token}"})
    return TokenAuth(scope)(request)


def test_token_names_its_owner_and_notes_its_use(alice):
    row, token = ApiToken.issue(alice, "script")
    assert ask(token) == alice
    row.refresh_from_db()
    assert row.last_used_at and token not in str(ApiToken.objects.values())


@pytest.mark.parametrize("spoil", ["revoked", "expired", "inactive", "unknown", "no prefix"])
def test_unusable_token_opens_nothing(alice, spoil):
    row, token = ApiToken.issue(alice, "script", days=1)
    now = timezone.now()
    if spoil == "revoked":
        row.revoke()
    elif spoil == "expired":
        ApiToken.objects.update(expires_at=now - timedelta(seconds=1))
    elif spoil == "inactive":
        alice.is_active = False
        alice.save()
    assert ask({"unknown": token + "x", "no prefix": token[3:]}.get(spoil, token)) is None


def test_scope_limits_a_token(alice):
    _, token = ApiToken.issue(alice, "reader", scopes=["read"])
    assert ask(token) == alice
    with pytest.raises(HttpError, match="generate"):
        ask(token, "POST", "generate")


def test_session_needs_csrf_to_change_something(alice):
    request = RequestFactory(enforce_csrf_checks=True).post("/api/v1/x")
    request.user = alice
    request._dont_enforce_csrf_checks = False
    with pytest.raises(HttpError):
        SessionAuth()(request)


def test_authorization_header_rules_out_the_session(alice):
    request = RequestFactory().get("/api/v1/x", headers={"Authorization": "Bearer wrong"})
    request.user = alice
    assert SessionAuth()(request) is None


def test_command_prints_the_token_alone(alice, capsys):
    from django.core.management import call_command

    call_command("token", "create", "--user", "alice", "--days", "3")
    token = capsys.readouterr().out.strip()
    assert ApiToken.find(token).user == alice and "\n" not in token
