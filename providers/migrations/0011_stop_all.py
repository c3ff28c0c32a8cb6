"""Everything can be stopped, beside the pauses of single accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0010_audit_written_once")]

    operations = [
        migrations.AddField(
            model_name="provideraccount",
            name="stopped",
            field=models.CharField(blank=True, default="", editable=False, max_length=300),
            preserve_default=False,
        ),
    ]
