"""Sign-off: what it rests on, that it never changes, and that what was tampered with is found."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from generations.models import Change, Generation, Review, SignOff, SignOffWithdrawal
from generations.models.decision import Immutable
from generations.services import decide, purge, review, sign_off, sign_off_check, statement, throwing, undo
from generations.services.compose import Refused
from generations.services.refusals import NotAllowed, WrongState
from generations.storage import media_store
from providers import canonical
from providers.ids import new_id
from tests import factories
from tests.review_rows import make_clip
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def approve(person, take):
    return review.decide(person, take, Review.APPROVED, seen=review.seen_of(take))


def sign(person, take):
    take = Generation.objects.get(pk=take.pk)
    return sign_off.sign(person, take, file_sha256=review.sha256_of(take), file_name="boat.mp4")


def signed(person, take):
    approve(person, take)
    return sign(person, take)


def path_of(take):
    return media_store().path(take.outputs.get(kind="video").file)


def test_it_binds_file_recipe_consent_and_decision(project, alice, bob):
    asset = factories.make_asset(project=project)
    take = make_clip(project, author=bob, inputs=[("first_frame", asset)])
    record = factories.make_record(take, bob)
    decision = approve(alice, take)
    made = sign(alice, take)
    said = made.statement
    assert said["file"]["sha256"] == take.outputs.get().sha256 and said["file"]["name"] == "boat.mp4"
    assert said["person"] == {"id": str(alice.pk), "name": "Alice Archer"}
    assert said["decision"]["id"] == str(decision.pk) and said["take"] == {"id": str(take.pk), "version": 1}
    assert [one["id"] for one in said["consents"]] == [str(record.pk)]
    assert said["consents"][0]["inputs"] == [{"role": "first_frame", "sha256": asset.sha256}]
    assert made.sha256 == canonical.digest(json.loads(canonical.canonical(said)))
    made.refresh_from_db()
    assert sign_off_check.check(made) == sign_off_check.Report()
    with pytest.raises(WrongState):
        approve(alice, take)  # what is signed is decided
    with pytest.raises(WrongState):
        sign(alice, take)


def test_only_an_approval_of_these_very_bytes_is_signed(project, alice, bob, make_person):
    take = make_clip(project, author=bob)
    with pytest.raises(WrongState):
        sign(alice, take)
    approve(alice, take)
    viewer = make_person("viewer")
    factories.add_member(project, viewer, "viewer")
    with pytest.raises(NotAllowed):
        sign(viewer, take)
    path_of(take).write_bytes(b"re-encoded")
    with pytest.raises(WrongState, match="SHA-256 differs"):
        sign(alice, take)
    clip = take.outputs.get()
    clip.sha256 = sign_off.hash_of(path_of(take))
    clip.save()
    with pytest.raises(WrongState, match="Approve this file first"):
        sign(alice, take)
    with pytest.raises(WrongState, match="another one"):
        sign_off.sign(alice, take, file_sha256="0" * 64, file_name="boat.mp4")
    signed(alice, Generation.objects.get(pk=take.pk))
    clip.sha256 = "1" * 64  # replaced after it was signed
    clip.save()
    standing = sign_off.standing_of(Generation.objects.get(pk=take.pk))
    assert standing.sign_off and not standing.fits and not standing.decision


def test_a_file_that_changes_while_it_is_signed_is_not(project, alice, monkeypatch):
    take, hash_of = make_clip(project), sign_off.hash_of
    approve(alice, take)

    def hash_and_change(path):
        found = hash_of(path)
        path.write_bytes(path.read_bytes()[::-1])
        return found

    monkeypatch.setattr(sign_off, "hash_of", hash_and_change)
    with pytest.raises(WrongState, match="changed while it was read"):
        sign(alice, take)
    assert not SignOff.objects.exists()


def test_consent_taken_back_before_it_was_signed(project, alice, bob):
    take = make_clip(project, author=bob, inputs=[("first_frame", factories.make_asset(project=project))])
    factories.make_record(take, bob, withdrawn_at=timezone.now())
    approve(alice, take)
    with pytest.raises(WrongState, match="consent"):
        sign(alice, take)


def test_taken_back_by_a_row_of_its_own_and_signed_anew_after_a_new_decision(project, alice, bob, admin):
    take = make_clip(project)
    made = signed(bob, take)
    factories.add_member(project, other := factories.make_user(), "editor")
    with pytest.raises(NotAllowed):
        sign_off.withdraw(other, made, "No.")
    with pytest.raises(Refused):
        sign_off.withdraw(bob, made, "  ")
    sign_off.withdraw(alice, made, "The wrong grade.")
    with pytest.raises(WrongState):
        sign_off.withdraw(bob, made, "Again.")
    take.refresh_from_db()
    assert take.signed_at is None and SignOff.objects.get() == made
    with pytest.raises(WrongState):
        sign(bob, take)
    assert signed(bob, take).pk != made.pk


def test_it_is_neither_changed_nor_deleted_from_here(project, alice):
    made = signed(alice, make_clip(project))
    for refused in (
        made.save,
        made.delete,
        lambda: SignOff.objects.update(sha256=""),
        lambda: SignOff.objects.all().delete(),
    ):
        with pytest.raises(Immutable):
            refused()
    for row in (project, made.generation):
        with pytest.raises(ProtectedError):
            row.delete()


@pytest.mark.both_databases
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.parametrize(
    ("table", "column"), [("generations_signoff", "seal"), ("generations_signoffwithdrawal", "reason")]
)
def test_the_database_itself_refuses(project, alice, verb, table, column):
    made = signed(alice, make_clip(project))
    sign_off.withdraw(alice, made, "The wrong grade.")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(verb.format(table, column, "'forged'"))
    assert SignOff.objects.get().seal == made.seal and SignOffWithdrawal.objects.exists()


def test_what_is_signed_off_is_thrown_away_by_nobody(project, alice):
    kept, other = make_clip(project), make_clip(project)
    change = Change.objects.create(
        project=project, person=alice, kind="restore", before={str(kept.pk): "", str(other.pk): ""}
    )
    signed(alice, kept)
    with pytest.raises(WrongState, match="signed off"):
        decide.trash(alice, Generation.objects.get(pk=kept.pk))
    assert undo.undo(alice, change) == undo.Undone(1, 1)
    decide.restore(alice, Generation.objects.get(pk=other.pk))
    assert list(throwing.trash(alice, project, [kept.pk, other.pk]).before) == [str(other.pk)]
    Generation.objects.filter(pk=kept.pk).update(trashed_at="2020-01-01T00:00:00Z")  # however it came there
    purge.purge_trash(timezone.now())
    assert path_of(kept).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_thrown_away_and_signed_at_once_is_one_of_both(project, alice, bob):
    take = make_clip(project)
    approve(alice, take)

    def act(number):
        try:
            return sign(alice, take) if number else decide.trash(bob, take)
        except WrongState as error:
            return error

    together(2, act)
    take.refresh_from_db()
    assert bool(take.trashed_at) != bool(take.signed_at) == SignOff.objects.exists()


# --- verify_signoff -----------------------------------------------------------------------------


def verify(capsys, *args, good=False):
    try:
        call_command("verify_signoff", *args)
    except CommandError as error:
        assert not good, capsys.readouterr().out
        assert "cannot be relied on" in str(error)
    else:
        assert good
    return capsys.readouterr().out


def forge(**columns):
    """Past the triggers, as who owns the database file could."""
    kept = import_module("generations.migrations.0036_sign_off_triggers")
    with connection.cursor() as cursor:
        for statement in kept.SQLITE_BACK if connection.vendor == "sqlite" else kept.POSTGRES_BACK:
            cursor.execute(statement)
        for name, value in columns.items():
            cursor.execute(f"UPDATE generations_signoff SET {name} = %s", [value])


def other_file(take, made):
    path_of(take).write_bytes(b"other bytes")


def other_output(take, made):
    take.outputs.update(sha256="2" * 64)


def other_words(take, made):
    forge(statement=json.dumps({**made.statement, "person": {"id": "1", "name": "Eve"}}))


def other_seal(take, made):
    forge(seal=made.seal[:-1] + ("0" if made.seal[-1] != "0" else "1"))


def other_words_and_digest(take, made):
    said = {**made.statement, "at": "2020-01-01T00:00:00.000Z"}
    forge(statement=json.dumps(said), sha256=canonical.digest(said))


def other_recipe(take, made):
    Generation.objects.filter(pk=take.pk).update(recipe={"model": "another"})


def other_consent(take, made):
    take.consents.update(text_sha256="3" * 64)


def gone_file(take, made):
    take.outputs.all().delete()


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (other_file, "bytes on disk"),
        (other_output, "another file"),
        (gone_file, "not here any more"),
        (other_words, "was changed"),
        (other_seal, "seal does not fit"),
        (other_words_and_digest, "seal does not fit"),
        (other_recipe, "recipe of the take"),
        (other_consent, "consent record"),
        (lambda take, made: sign_off.withdraw(made.person, made, "The wrong grade."), "The wrong grade."),
    ],
)
def test_what_was_tampered_with_is_found(project, alice, capsys, tamper, said):
    take = make_clip(project, inputs=[("first_frame", factories.make_asset(project=project))])
    factories.make_record(take, alice)
    made = signed(alice, take)
    assert "1 checked" in verify(capsys, "--all", good=True)
    tamper(take, made)
    out = verify(capsys, str(made.pk))
    assert said in out and out.count("wrong:") <= 3


@pytest.mark.parametrize(
    "said",
    [
        [],
        {"format": statement.FORMAT, "file": [], "person": "Eve", "consents": "all"},
        {"format": statement.FORMAT, "consents": ["mine", {"id": "1"}, {"id": str(new_id()), "person": 1}]},
    ],
)
def test_words_that_are_built_otherwise_are_reported_and_the_next_ones_checked(project, alice, capsys, said):
    signed(alice, make_clip(project))
    forge(statement=json.dumps(said))
    signed(alice, make_clip(project))
    out = verify(capsys, "--all")
    assert out.count(": NOT GOOD") == 1 and out.count(": good") == 1


def test_a_certificate_is_checked_on_its_own_and_against_the_studio(
    project, alice, capsys, tmp_path, settings
):
    take = make_clip(project)
    made = signed(alice, take)
    paper = tmp_path / "certificate.json"
    document = json.loads(json.dumps(sign_off_check.certificate(made)))
    paper.write_text(json.dumps(document))
    assert "good" in verify(capsys, "--file", str(paper), good=True)
    for change, said in (
        ({"statement": {**document["statement"], "project": {"id": "1", "name": "Other"}}}, "was changed"),
        ({"recipe": {"prompt": "another"}}, "recipe in the certificate"),
        ({"seal": "v1:00000000:00"}, "another one"),
        ({"seal": f"{made.seal[:-1]}é"}, "seal does not fit"),
        ({"statement": []}, "no statement"),
    ):
        paper.write_text(json.dumps({**document, **change}))
        assert said in verify(capsys, "--file", str(paper))
    paper.write_text("{")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_signoff", "--file", str(paper))
    elsewhere = {**document["statement"], "id": str(take.pk)}
    paper.write_text(json.dumps({**document, "statement": elsewhere, "sha256": canonical.digest(elsewhere)}))
    assert "not in this studio" in verify(capsys, "--file", str(paper))
    forged = {"statement": elsewhere, "sha256": canonical.digest(elsewhere), "seal": "v1:deadbeef:00"}
    paper.write_text(json.dumps(forged))
    assert "Neither seal nor row" in verify(capsys, "--file", str(paper))
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    assert sign_off_check.check(made).ok  # the key that sealed it is still known
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    report = sign_off_check.check(made)
    assert report.ok and "seal was not checked" in report.notes[0]
