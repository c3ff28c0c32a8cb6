"""Telling people: whoever sees the project, and nobody else."""

from __future__ import annotations

import pytest

from generations.models import Notification, Project, Role
from generations.services import notify
from generations.services.writers import Writer
from tests import factories
from tests.review_rows import make_clip

pytestmark = pytest.mark.django_db


def test_as_many_as_see_the_project_are_told_in_two_queries(
    project, alice, bob, charlie, make_person, django_assert_num_queries
):
    admin = make_person("root", role="administrator")
    viewer, gone = make_person("viewer"), make_person("gone", is_active=False)
    for person in (viewer, gone):
        factories.add_member(project, person, Role.VIEWER)
    take, people = make_clip(project), [alice, bob, charlie, admin, viewer, gone]
    with django_assert_num_queries(2):
        told = notify.tell([one.pk for one in people], Notification.Kind.NOTE, Writer(person=bob), take)
    seeing = {one for one in people if Project.objects.visible_to(one).filter(pk=project.pk).exists()}
    assert {row.person for row in Notification.objects.all()} == seeing - {bob} == {alice, admin, viewer}
    assert told == 3
