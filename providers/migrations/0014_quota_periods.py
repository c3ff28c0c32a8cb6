"""Every counter begins at a moment, and there is one of a period: of the limit, or of each person under it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0013_fill_quota_scopes")]

    operations = [
        migrations.RemoveConstraint("quotacounter", "one_counter_per_period"),
        migrations.RemoveField("quotacounter", "period_start"),
        migrations.AlterField("quotacounter", "begins_at", models.DateTimeField()),
        migrations.AddConstraint(
            "quotacounter",
            models.UniqueConstraint(
                condition=models.Q(("person_id__isnull", True)),
                fields=("quota", "begins_at"),
                name="one_counter_per_quota_and_period",
            ),
        ),
        migrations.AddConstraint(
            "quotacounter",
            models.UniqueConstraint(
                fields=("quota", "person_id", "begins_at"), name="one_counter_per_person_and_period"
            ),
        ),
        migrations.RemoveConstraint("quota", "one_quota_of_the_studio_per_period"),
        migrations.AddConstraint(
            "quota",
            models.UniqueConstraint(
                condition=models.Q(("scope_id__isnull", True)),
                fields=("scope", "role", "measure", "period"),
                name="one_quota_of_the_studio_or_a_role_per_period",
            ),
        ),
    ]
