"""Where two limits of the whole studio say the same measure and period, the lowest was the one that counted."""

from django.db import migrations


def merge(apps, schema_editor):
    quotas = apps.get_model("providers", "Quota")
    seen = set()
    for row in quotas.objects.filter(scope_id=None).order_by("limit", "created_at"):
        what = (row.scope, row.measure, row.period)
        if what in seen:
            row.delete()
        seen.add(what)


class Migration(migrations.Migration):

    dependencies = [
        ("providers", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(merge, migrations.RunPython.noop),
    ]
