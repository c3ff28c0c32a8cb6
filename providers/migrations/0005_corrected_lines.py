"""A ledger line that adds to what was settled, or takes from it."""

from django.db import migrations, models

KINDS = [("hold", "held"), ("settle", "settled"), ("release", "released"), ("correct", "corrected")]


class Migration(migrations.Migration):
    dependencies = [("providers", "0004_discovery")]

    operations = [
        migrations.AlterField(
            model_name="ledgerentry", name="kind", field=models.CharField(choices=KINDS, max_length=8)
        ),
    ]
