"""Sign-in: lock-out, one wording, guarded next, sessions that end."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from videostudio import tasks
from videostudio.models import ApiToken, ResetLink, Tries

GOOD = "correct horse 9"


def sign_in(client, username, password, **extra):
    return client.post("/login", {"username": username, "password": password}, **extra)


def test_right_password_opens_and_name_has_no_case(client, alice):
    assert sign_in(client, "ALICE", GOOD).status_code == 302
    assert client.get("/me").status_code == 200


def test_wrong_name_and_wrong_password_get_the_same_answer(client, alice):
    wrong = sign_in(client, "alice", "nope nope nope")
    unknown = sign_in(client, "nobody", "nope nope nope")
    assert wrong.status_code == unknown.status_code == 422
    strip = [answer.content.replace(b"nobody", b"alice").split(b"csrf")[0] for answer in (wrong, unknown)]
    assert strip[0] == strip[1] and b"Name or password is wrong" in wrong.content


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_five_failures_lock_name_and_address_for_15_minutes(client, alice, name):
    for _ in range(5):
        sign_in(client, name, "nope nope nope")
    assert sign_in(client, name, GOOD).status_code == 429
    assert sign_in(client, "alice", GOOD, REMOTE_ADDR="10.0.0.9").status_code == 302, (
        "another address is free"
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert sign_in(client, name, GOOD).status_code == (302 if name == "alice" else 422)


def test_twenty_tries_a_minute_per_address(client, alice):
    with time_machine.travel(1_800_000_000, tick=False):
        codes = [sign_in(client, f"name{number}", "nope nope").status_code for number in range(21)]
        assert codes == [422] * 20 + [429]
        assert sign_in(client, "alice", GOOD).status_code == 429


def test_the_brake_holds_over_a_restart_and_in_every_process(client, alice):
    """Nothing of it lives in a process: an empty cache, as after a start, changes nothing."""
    with time_machine.travel(1_800_000_000, tick=False):
        for number in range(20):
            sign_in(client, f"name{number}", "nope nope")
        cache.clear()
        assert sign_in(Client(), "alice", GOOD).status_code == 429
        assert sign_in(client, "alice", GOOD, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_a_locked_account_stays_so_after_a_restart(client, alice):
    for _ in range(5):
        sign_in(client, "alice", "nope nope nope")
    cache.clear()
    assert sign_in(Client(), "alice", GOOD).status_code == 429


def test_tries_over_the_limit_are_not_written_and_old_minutes_are_removed(db):
    with time_machine.travel(1_800_000_000, tick=False):
        passed = [Tries.one_more("sign-in", "10.0.0.1", 3) for _ in range(10)]
        assert passed == [True] * 3 + [False] * 7
        assert Tries.objects.get().count == 3
        assert Tries.prune(timezone.now()) == 0
        assert Tries.prune(timezone.now() + timedelta(minutes=11)) == 1


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_next_leads_nowhere_else(client, alice, evil):
    answer = client.post("/login", {"username": "alice", "password": GOOD, "next": evil})
    assert answer.url == "/"


def test_before_there_is_an_administrator_it_says_where_the_link_is(client, make_person):
    assert "The terminal in which the studio was started" in client.get("/login").content.decode()
    make_person("ada", role="administrator")
    assert "terminal" not in client.get("/login").content.decode()


def test_next_leads_on(client, alice):
    assert client.get("/me").url == "/login?next=/me"
    answer = client.post("/login", {"username": "alice", "password": GOOD, "next": "/me"})
    assert answer.url == "/me"


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(client, db):
    answer = client.get("/me", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and answer["HX-Redirect"].startswith("/login")


def test_password_change_ends_other_sessions_and_tokens(alice, signed_in):
    here, there = signed_in(alice), signed_in(alice)
    row, _ = ApiToken.issue(alice, "script")
    answer = here.post("/me/password", {"current": GOOD, "password": "another horse 10"})
    assert answer.status_code == 302, answer.content
    assert here.get("/me").status_code == 200 and there.get("/me").status_code == 302
    row.refresh_from_db()
    assert row.revoked_at


def test_deactivation_ends_sessions_for_good(alice, signed_in):
    client = signed_in(alice)
    alice.deactivate()
    assert client.get("/me").status_code == 302
    alice.is_active = True
    alice.save()
    assert client.get("/me").status_code == 302


def test_session_ends_after_thirty_days_of_use(alice, signed_in):
    client, began = signed_in(alice), time.time()
    for day in range(0, 30, 5):
        with time_machine.travel(began + day * 86400):
            assert client.get("/me").status_code == 200, day
    with time_machine.travel(began + 30.1 * 86400):
        assert client.get("/me").status_code == 302


def test_session_ends_after_seven_idle_days(alice, signed_in):
    client, began = signed_in(alice), time.time()
    with time_machine.travel(began + 7.1 * 86400):
        assert client.get("/me").status_code == 302


def test_reset_link_works_once_and_signs_in(client, alice):
    _, path = ResetLink.issue(user=alice)
    assert client.get(path).status_code == 200
    assert client.post(path, {"password": "another horse 10"}).status_code == 302
    assert Client().get(path).status_code == 404
    assert sign_in(Client(), "alice", "another horse 10").status_code == 302


def test_forgotten_password_is_mailed_and_tells_nothing(client, alice, settings, mailoutbox):
    settings.MAIL = True
    known = client.post("/forgot", {"email": "alice@example.com"})
    unknown = client.post("/forgot", {"email": "nobody@example.com"})
    assert known.context["sent"] is unknown.context["sent"] is True and not mailoutbox
    assert [queued.task["args"] for queued in OrmQ.objects.all()] == [(str(alice.pk),)]
    tasks.mail_reset_link(str(alice.pk))
    assert [mail.to for mail in mailoutbox] == [["alice@example.com"]]
    path = mailoutbox[0].body.rsplit(settings.PUBLIC_URL, 1)[1]
    assert client.get(path).status_code == 200


def test_forwarded_address_counts_only_from_a_trusted_proxy(client, alice, settings):
    import ipaddress

    for number in range(5):
        sign_in(client, "alice", "nope nope", headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert sign_in(client, "alice", GOOD, headers={"X-Forwarded-For": "10.0.0.77"}).status_code == 429
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.1")]
    assert sign_in(client, "alice", GOOD, headers={"X-Forwarded-For": "10.0.0.77"}).status_code == 302


def test_sign_out_needs_post(alice, signed_in):
    client = signed_in(alice)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 302 and client.get("/me").status_code == 302
