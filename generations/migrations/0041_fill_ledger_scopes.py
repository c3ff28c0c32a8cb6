"""What ledger lines of before say of the client, the role and the seconds, as far as it can be known.

The client is the project's present one. A role is the one that the person had then: the audit log says what it
was before each change. The seconds are those that were asked for; a length that nobody named stays unknown."""

from django.conf import settings
from django.db import migrations
from django.db.models import DecimalField, OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast


def fill(apps, schema_editor):
    lines = apps.get_model("providers", "LedgerEntry").objects
    projects = apps.get_model("generations", "Project").objects
    takes = apps.get_model("generations", "Generation").objects.filter(pk=OuterRef("take_id"))
    told = takes.filter(request__duration_s__gt=0).annotate(
        told_s=Cast(KT("request__duration_s"), DecimalField(max_digits=10, decimal_places=3))
    )
    lines.filter(client_id=None).update(
        client_id=Subquery(projects.filter(pk=OuterRef("project_id")).values("client_id")[:1])
    )
    lines.filter(seconds=None).update(seconds=Subquery(told.values("told_s")[:1]))
    people = apps.get_model(settings.AUTH_USER_MODEL).objects
    for pk, role in people.values_list("pk", "role"):
        mine = lines.filter(role="", person_id=pk)
        for event in _changes(apps, pk):  # the first one first: what came before it had the role of before
            mine.filter(created_at__lt=event.at).update(role=event.before.get("role") or role)
        mine.update(role=role)


def _changes(apps, pk):
    events = apps.get_model("providers", "AuditEvent").objects
    return events.filter(subject="person", subject_id=str(pk), verb="changed role").order_by("at", "pk")


class Migration(migrations.Migration):
    dependencies = [
        ("generations", "0040_client_decisions_found"),
        ("providers", "0014_quota_periods"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
