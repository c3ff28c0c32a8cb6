"""People who had a project of their own keep the permission, as do administrators."""

from django.db import migrations
from django.db.models import Q


def keep(apps, schema_editor):
    makers = apps.get_model("generations", "Project").objects.values("created_by")
    people = apps.get_model("videostudio", "User").objects
    people.filter(Q(role="administrator") | Q(pk__in=makers)).update(may_create_projects=True)
    invitations = apps.get_model("videostudio", "Invitation").objects
    invitations.filter(project_id=None).update(may_create_projects=True)


class Migration(migrations.Migration):

    dependencies = [
        ("videostudio", "0002_may_create_projects"),
        ("generations", "0001_initial"),
    ]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
