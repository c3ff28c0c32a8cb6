"""Counters begin at the first moment of their day, as they were counted: in UTC, whatever the clock of the
studio says. A line's model is the one of its account by that id, where it is still there."""

from datetime import UTC, datetime, time

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    apps.get_model("providers", "Quota").objects.update(time_zone="UTC")
    counters = apps.get_model("providers", "QuotaCounter").objects
    for day in counters.values_list("period_start", flat=True).distinct():
        counters.filter(period_start=day).update(begins_at=datetime.combine(day, time.min, UTC))
    models = apps.get_model("providers", "VideoModel").objects
    same = models.filter(account_id=OuterRef("account_id"), wire_id=OuterRef("model"))
    lines = apps.get_model("providers", "LedgerEntry").objects
    lines.filter(video_model_id=None).update(video_model_id=Subquery(same.values("pk")[:1]))


class Migration(migrations.Migration):
    dependencies = [("providers", "0012_quota_scopes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
