"""Holds learn how they ended and what was charged for them, as the lines of their attempts have it."""

from decimal import Decimal

from django.db import migrations
from django.db.models import BigIntegerField, Case, CharField, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Round

MOVED = "moved to another account before it was sent"
MICRO = Decimal(1_000_000)


def fill(apps, schema_editor):
    lines = apps.get_model("providers", "LedgerEntry").objects
    same = lines.filter(take_id=OuterRef("take_id"), attempt=OuterRef("attempt"))
    micro = Cast(Round(F("amount_usd") * Value(MICRO)), BigIntegerField())
    sums = same.filter(kind__in=["settle", "correct"]).values("take_id").annotate(all=Sum(micro))
    settled, released = Exists(same.filter(kind="settle")), same.filter(kind="release")
    end = Case(
        When(Q(settled) & Q(Exists(released)), then=Value("late")),
        When(settled, then=Value("charged")),
        When(Exists(released.filter(note=MOVED)), then=Value("moved")),
        When(Exists(released), then=Value("back")),
        default=Value(""),
        output_field=CharField(),
    )
    lines.filter(kind="hold").update(end=end, charged_micro=Subquery(sums.values("all")[:1]))


class Migration(migrations.Migration):
    dependencies = [("providers", "0019_ends_of_holds")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
