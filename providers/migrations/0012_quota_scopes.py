"""Limits of models, clients and roles; seconds; hours and weeks in a time zone; a moment for each period."""

from django.db import migrations, models

import providers.models.money

SCOPES = [
    ("studio", "the whole studio"),
    ("account", "one account"),
    ("model", "one model"),
    ("project", "one project"),
    ("client", "one client"),
    ("person", "one person"),
    ("role", "each person of a role"),
]
MEASURES = [
    ("money", "US dollars"),
    ("count", "takes"),
    ("seconds", "seconds of clip"),
    ("in_flight", "takes in flight"),
]
PERIODS = [
    ("hour", "an hour"),
    ("day", "a day"),
    ("week", "a week"),
    ("month", "a month"),
    ("lifetime", "in all"),
]


class Migration(migrations.Migration):
    dependencies = [("providers", "0011_stop_all")]

    operations = [
        migrations.AddField("ledgerentry", "video_model_id", models.UUIDField(null=True)),
        migrations.AddField("ledgerentry", "client_id", models.UUIDField(null=True)),
        migrations.AddField("ledgerentry", "role", models.CharField(blank=True, default="", max_length=13), preserve_default=False),
        migrations.AddField("ledgerentry", "seconds", models.DecimalField(decimal_places=3, max_digits=10, null=True)),
        migrations.AlterField("quota", "scope", models.CharField(choices=SCOPES, max_length=10, verbose_name="scope")),
        migrations.AlterField("quota", "measure", models.CharField(choices=MEASURES, max_length=10, verbose_name="measure")),
        migrations.AlterField("quota", "period", models.CharField(choices=PERIODS, max_length=10, verbose_name="period")),
        migrations.AddField("quota", "role", models.CharField(blank=True, default="", max_length=13, verbose_name="role"), preserve_default=False),
        migrations.AddField("quota", "soft_limit", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="warn at")),
        migrations.AddField("quota", "time_zone", models.CharField(default=providers.models.money.studio_zone, max_length=64, verbose_name="time zone")),
        migrations.AddField("quotacounter", "person_id", models.UUIDField(null=True)),
        migrations.AddField("quotacounter", "begins_at", models.DateTimeField(null=True)),
        migrations.AddField("quotacounter", "warned_at", models.DateTimeField(null=True)),
    ]
