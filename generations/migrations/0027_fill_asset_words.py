"""Files from before search looked through names in one spelling."""

from django.db import migrations

from generations.labels import searchable

AT_ONCE = 1000


def fill(apps, schema_editor):
    Asset = apps.get_model("generations", "Asset")
    while rows := list(Asset.objects.filter(words="").exclude(name="").only("id", "name")[:AT_ONCE]):
        for row in rows:
            row.words = searchable(row.name)
        Asset.objects.bulk_update(rows, ["words"])


class Migration(migrations.Migration):
    dependencies = [("generations", "0026_library")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
