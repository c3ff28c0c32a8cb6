"""Withdrawn consent: nothing more is sent that stands on it; the sandbox's bill is the judge."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from generations.models import ConsentedFile, ConsentRecord, Generation, Status
from generations.services import again, attested, consent, submit, withdrawal
from generations.services.outgoing import Withdrawn, prepare
from providers import ledger
from providers.gateways.values import Role
from providers.ids import new_id
from tests.factories import add_member, make_account, make_project, make_take, make_user, model_of, save_asset
from tests.generations.pipeline import Line
from tests.media_files import make_jpeg
from tests.providers.sandbox_server import SandboxServer

SIZES = iter(range(700, 1100, 2))  # other bytes each time: the sandbox remembers them


@pytest.fixture
def take_of(studio: Line, sandbox: SandboxServer, tmp_path: Any) -> Any:
    """``take_of("A prompt")``: a take with a face at Venice; the same face for every call of one test."""
    sandbox.revoke_consent()
    owner = make_user()
    project = make_project(owner)
    account = make_account("venice", base_url=sandbox.url_for("venice"))
    model = model_of(account, "seedance-2-0-fast-image-to-video")
    model.allowed = True
    model.save()
    face = save_asset(owner, project, make_jpeg(tmp_path / "face.jpg", (1280, next(SIZES))))

    def make(prompt: str, person: Any = None) -> Generation:
        if person:
            project.memberships.get_or_create(user=person, defaults={"role": "editor"})
        wish = {"duration_s": 4.0, "resolution": "480p", "inputs": [(Role.FIRST_FRAME, face.pk)]}
        return make_take(person or owner, project, model, prompt=f"{prompt} [face]", **wish)

    return make


def send(studio: Line, take: Generation) -> Generation:
    studio.send()
    take.refresh_from_db()
    return take


def attest(take: Generation, person: Any = None) -> ConsentRecord:
    ticks = dict.fromkeys(take.consent["statements"], True)
    person = person or take.author
    assert consent.attest(person, take, ticks, text_sha256=take.consent["text_sha256"], address=None)
    take.refresh_from_db()
    return take.consents.filter(user=person).latest("created_at")


def bills(sandbox: SandboxServer, take: Generation) -> int:
    return len(
        [entry for entry in sandbox.bill() if entry["prompt"] == take.prompt and entry["dialect"] == "venice"]
    )


def stopped(sandbox: SandboxServer, take: Generation) -> bool:
    """It waits for a person again, nothing was billed and nothing is held."""
    take.refresh_from_db()
    held = ledger.open_holds().filter(take_id=take.pk).exists()
    return take.status == Status.NEEDS_CONSENT and not held and not bills(sandbox, take)


@pytest.mark.both_databases
def test_a_queued_take_goes_back_and_its_hold_is_released(studio, sandbox, take_of):
    take = send(studio, take_of("Withdrawn in the queue"))
    record = attest(take)
    assert take.status == Status.QUEUED
    assert withdrawal.withdraw(take.author, record)
    assert stopped(sandbox, take)
    assert take.events.filter(kind="consent withdrawn").count() == 1
    studio.send()
    assert stopped(sandbox, take)


@pytest.mark.both_databases
def test_a_crash_before_the_takes_are_stopped_sends_none_of_them(studio, sandbox, take_of, monkeypatch):
    take = send(studio, take_of("Withdrawn, and then the power went"))
    record = attest(take)

    def power_cut(*_given: Any, **_more: Any) -> None:
        raise OSError

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(withdrawal, "clearance", power_cut)
        withdrawal.withdraw(take.author, record)
    take.refresh_from_db()
    record.refresh_from_db()
    assert take.status == Status.QUEUED and record.withdrawn_at
    studio.send()
    assert stopped(sandbox, take)


def test_attested_anew_it_goes_out(studio, sandbox, take_of):
    take = send(studio, take_of("Withdrawn and given again"))
    withdrawal.withdraw(take.author, attest(take))
    take.refresh_from_db()
    attest(take)
    assert studio.finish(take).status == Status.COMPLETED
    assert bills(sandbox, take) == 1


def test_a_new_take_with_the_same_bytes_is_asked_by_us(studio, sandbox, take_of):
    """The gateway remembers the bytes and would not ask: it would bill."""
    first = send(studio, take_of("The first of two"))
    record = attest(first)
    studio.finish(first)
    withdrawal.withdraw(first.author, record)
    second = send(studio, take_of("The second of two"))
    assert stopped(sandbox, second)
    assert second.consent["ours"] and second.consent["withdrawn"]


def test_the_same_person_is_not_asked_twice_while_the_record_is_live(studio, sandbox, take_of):
    first = send(studio, take_of("Asked once"))
    attest(first)
    studio.finish(first)
    second = studio.finish(take_of("Not asked again"))
    assert second.status == Status.COMPLETED
    assert not second.events.filter(kind="consent asked").exists()
    assert ConsentRecord.objects.count() == 1


def test_newer_words_are_asked_of_who_has_read_the_older_only(studio, take_of):
    first = send(studio, take_of("Old words"))
    record = attest(first)
    studio.finish(first)
    newer = {"text_sha256": "f" * 64, "policy_text": "New words.", "version": "v9", "user": make_user()}
    record.pk, record._state.adding = new_id(), True
    for name, value in newer.items():
        setattr(record, name, value)
    record.save()
    record.files.create(sha256=first.inputs.get().asset.sha256)
    second = send(studio, take_of("Words have changed"))
    assert second.status == Status.NEEDS_CONSENT and second.consent["version"] == "v9"


def test_a_colleagues_record_stands_when_one_person_withdraws(studio, sandbox, take_of):
    first = send(studio, take_of("Two people, one"))
    mine = attest(first)
    studio.finish(first)
    colleague = make_user()
    second = send(studio, take_of("Two people, two", colleague))
    attest(second)
    withdrawal.withdraw(first.author, mine)
    assert studio.finish(second).status == Status.COMPLETED


def test_kept_ticks_do_not_go_out_again_after_a_withdrawal(studio, sandbox, take_of):
    take = send(studio, take_of("Lost, then withdrawn"))
    record = attest(take)
    Generation.objects.filter(pk=take.pk).update(status=Status.UNCERTAIN)
    withdrawal.withdraw(take.author, record)
    take.refresh_from_db()
    assert take.status == Status.UNCERTAIN  # what the gateway may have is not touched
    again.submit_again(take.author, take)
    studio.send()
    assert stopped(sandbox, take)


@pytest.mark.both_databases
def test_ticks_of_one_person_do_not_serve_another(studio, sandbox, take_of):
    take = send(studio, take_of("Ticked by one, sent by another"))
    attest(take)
    Generation.objects.filter(pk=take.pk).update(status=Status.UNCERTAIN)
    take.refresh_from_db()
    colleague = add_member(take.project, make_user()).user
    again.submit_again(colleague, take)
    studio.send()
    assert stopped(sandbox, take)
    attest(take, colleague)
    assert studio.finish(take).status == Status.COMPLETED


@pytest.mark.both_databases
def test_a_withdrawal_between_the_check_and_the_claim_wins(studio, sandbox, take_of, monkeypatch):
    take = send(studio, take_of("A race with the worker"))
    record = attest(take)

    def late(held: Generation) -> bool:
        ConsentRecord.objects.filter(pk=record.pk).update(withdrawn_at=record.created_at)
        return True

    real = prepare
    monkeypatch.setattr(submit, "prepare", lambda *args: [real(*args), late(take)][0])
    studio.send()
    take.refresh_from_db()
    assert take.status == Status.QUEUED and not bills(sandbox, take)
    with pytest.raises(Withdrawn):
        real(take)
    submit.submit_generation(str(take.pk))  # the next bell
    assert stopped(sandbox, take)


@pytest.mark.both_databases
def test_a_file_is_taken_back_with_every_answer_about_it(studio, sandbox, take_of):
    """Two live records of one person for the same bytes: withdrawing one leaves no other to stand on."""
    first = send(studio, take_of("Answered twice, one"))
    second = take_of("Answered twice, two")
    Generation.objects.filter(pk=second.pk).update(status=Status.NEEDS_CONSENT, consent=first.consent)
    ledger.release(second.pk, 1)
    second.refresh_from_db()
    records = [attest(first), attest(second)]
    assert attested.relying([second], records[1:2]) and not attested.relying([second], records[:1])
    assert withdrawal.withdraw(first.author, records[0])
    assert not ConsentRecord.objects.live().exists()
    studio.send()
    assert stopped(sandbox, first) and stopped(sandbox, second)


@pytest.mark.both_databases
def test_only_its_own_person_withdraws_and_only_once(studio, take_of):
    take = send(studio, take_of("Not yours to withdraw"))
    record = attest(take)
    assert not withdrawal.withdraw(make_user(), record)
    assert withdrawal.withdraw(take.author, record)
    assert not withdrawal.withdraw(take.author, record)


def test_the_answer_to_a_409_needs_a_live_record(studio, take_of):
    """Our question was answered, then withdrawn; the gateway asks after all: the person is asked again."""
    from providers.gateways.values import ConsentNeeded

    take = send(studio, take_of("Asked while being withdrawn"))
    words = take.consent
    Generation.objects.filter(pk=take.pk).update(consent={**words, "ours": True})
    take.refresh_from_db()
    record = attest(take)
    Generation.objects.filter(pk=take.pk).update(status=Status.SUBMITTING)
    withdrawal.withdraw(take.author, record)
    take.refresh_from_db()
    asked = ConsentNeeded(words["flow"], words["version"], words["policy_text"], (), words["statements"])
    assert consent.gateway_asks(take, asked)
    assert take.status == Status.NEEDS_CONSENT


def test_the_takes_that_a_withdrawal_touches_are_the_persons_own(studio, take_of):
    first = send(studio, take_of("Mine and touched"))
    record = attest(first)
    theirs = take_of("A colleague's", make_user())
    assert [take.pk for take in attested.open_takes([record])] == [first.pk]
    assert theirs.pk not in [take.pk for take in attested.open_takes([record])]


@pytest.mark.both_databases
def test_every_older_record_gets_its_lines(studio, take_of):
    take = send(studio, take_of("From before the migration"))
    record = attest(take)
    ConsentedFile.objects.all().delete()
    fill = import_module("generations.migrations.0004_fill_consented_files").fill
    for _ in range(2):
        fill(apps, None)
    assert [line.sha256 for line in record.files.all()] == [take.inputs.get().asset.sha256]
