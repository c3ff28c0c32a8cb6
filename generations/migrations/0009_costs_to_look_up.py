"""Takes whose real cost is still to be asked for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generations", "0008_gateway_calls")]

    operations = [
        migrations.CreateModel(
            name="CostLookUp",
            fields=[
                (
                    "generation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="cost_look_up",
                        serialize=False,
                        to="generations.generation",
                    ),
                ),
                ("attempt", models.PositiveIntegerField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
