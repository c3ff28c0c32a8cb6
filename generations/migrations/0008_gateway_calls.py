"""When a gateway's call last made a take due for a poll."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generations", "0007_longer_job_ids")]

    operations = [
        migrations.AddField(
            model_name="generation",
            name="hooked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
