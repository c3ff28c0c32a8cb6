"""Some gateways name a job with several hundred characters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generations", "0006_takes_by_mode")]

    operations = [
        migrations.AlterField(
            model_name="generation",
            name="job_id",
            field=models.CharField(blank=True, max_length=1024),
        ),
    ]
