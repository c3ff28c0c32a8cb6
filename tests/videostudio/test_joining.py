"""Set-up and invitation links open once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from generations.models import Project
from videostudio.models import Invitation, SetupLink, User

FORM = {"display_name": "Ada Min", "username": "ada", "email": "", "password": "correct horse 9"}


def test_setup_creates_the_administrator_and_lands_in_the_sample_project(client, db):
    path = SetupLink.renew()
    assert client.get(path).status_code == 200
    answer = client.post(path, FORM)
    user = User.objects.get()
    assert user.is_administrator and user.is_staff
    assert answer.url == Project.objects.get().get_absolute_url()
    assert client.get("/me").status_code == 200


def test_used_setup_link_is_gone(client, db):
    path = SetupLink.renew()
    client.post(path, FORM)
    assert Client().get(path).status_code == 404
    assert Client().get(SetupLink.renew()).status_code == 404, "an administrator exists"


def test_unknown_token_and_replaced_link_are_404(client, db):
    old = SetupLink.renew()
    SetupLink.renew()
    assert client.get(old).status_code == 404
    assert client.get("/setup/nonsense").status_code == 404


def test_token_is_not_stored(db):
    token = SetupLink.renew().rsplit("/", 1)[1]
    assert token not in str(SetupLink.objects.values())


def test_weak_password_is_refused_with_422(client, db):
    answer = client.post(SetupLink.renew(), {**FORM, "password": "password"})
    assert answer.status_code == 422 and not User.objects.exists()


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_becomes_the_administrator():
    path, codes, gate = SetupLink.renew(), [], threading.Barrier(4)

    def send(number: int) -> None:
        gate.wait()
        try:
            codes.append(Client().post(path, {**FORM, "username": f"ada{number}"}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.count() == 1
    assert sorted(codes)[0] == 302 and codes.count(302) == 1, codes


def test_invitation_brings_role_and_project(client, admin, project):
    link, path = Invitation.issue(
        role="producer", made_by=admin, project_id=project.pk, project_role="reviewer"
    )
    answer = client.post(path, {**FORM, "username": "dora"})
    assert answer.status_code == 302 and answer.url == project.get_absolute_url()
    dora = User.objects.get(username="dora")
    assert dora.is_producer and project.role_of(dora) == "reviewer"
    assert Client().get(path).status_code == 410


def test_a_project_gone_meanwhile_leads_to_the_list(client, admin, project):
    _, path = Invitation.issue(made_by=admin, project_id=project.pk, project_role="viewer")
    project.delete()
    assert client.post(path, {**FORM, "username": "dora"}).url == "/"


def test_invitation_ends(client, admin):
    _, path = Invitation.issue(made_by=admin, expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(path).status_code == 410


def test_taken_name_is_refused_whatever_its_case(client, admin, alice):
    _, path = Invitation.issue(made_by=admin)
    assert client.post(path, {**FORM, "username": "ALICE"}).status_code == 422
    assert client.get(path).status_code == 200, "the link is not used up"
