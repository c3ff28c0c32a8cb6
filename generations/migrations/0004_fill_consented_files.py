"""Every record that there is gets its lines; what was filled before stays as it is."""

from django.db import migrations


def fill(apps, schema_editor):
    records = apps.get_model("generations", "ConsentRecord")
    files = apps.get_model("generations", "ConsentedFile")
    lines = []
    for pk, inputs in records.objects.values_list("pk", "inputs").iterator(chunk_size=1000):
        hashes = {item["sha256"] for item in inputs}
        lines += [files(record_id=pk, sha256=sha256) for sha256 in sorted(hashes)]
        if len(lines) >= 1000:
            files.objects.bulk_create(lines, ignore_conflicts=True)
            lines = []
    files.objects.bulk_create(lines, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ("generations", "0003_consented_files"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
