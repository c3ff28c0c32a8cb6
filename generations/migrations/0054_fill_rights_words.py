"""Files whose rights were written before search looked through them."""

from django.db import migrations

from generations.labels import searchable

AT_ONCE = 1000


def fill(apps, schema_editor):
    Asset = apps.get_model("generations", "Asset")
    rows = Asset.objects.exclude(rights={}).order_by("pk").only("id", "words", "rights")
    while found := list(rows[:AT_ONCE]):
        for row in found:
            row.words = f"{row.words} {searchable(*map(str, row.rights.values()))}"
        Asset.objects.bulk_update(found, ["words"])
        rows = rows.filter(pk__gt=found[-1].pk)


class Migration(migrations.Migration):
    dependencies = [("generations", "0053_alert_of_audit")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
