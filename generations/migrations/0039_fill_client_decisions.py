"""Decisions of guests out of the team's; the numbers that takes of links have at this moment."""

from django.db import migrations

AT_ONCE = 500
MEMBER = "member"


def part(apps, schema_editor):
    """Of takes on which guests decided: the team's last word and what guests say, each on its own."""
    Generation = apps.get_model("generations", "Generation")
    Decision = apps.get_model("generations", "Decision")
    by_guests = Decision.objects.exclude(verified_by=MEMBER).order_by().values("generation").distinct()
    for take in Generation.objects.filter(pk__in=by_guests).only("pk", "signed_at").iterator(AT_ONCE):
        lines = Decision.objects.filter(generation=take.pk).order_by("id")
        last = dict(lines.exclude(verified_by=MEMBER).values_list("guest", "review"))
        said = next((word for word in ("changes", "approved") if word in last.values()), "")
        changes = {"client_review": said}
        if take.signed_at is None:  # a sign-off that rests on a guest's word stays approved
            own = lines.filter(verified_by=MEMBER).values_list("review", flat=True).last()
            changes["review"] = own or ""
        Generation.objects.filter(pk=take.pk).update(**changes)


def number(apps, schema_editor):
    """The number that each take of a link has at this moment."""
    ShareLink = apps.get_model("generations", "ShareLink")
    ShareItem = apps.get_model("generations", "ShareItem")
    for share in ShareLink.objects.filter(follows_view=False).only("pk").iterator(AT_ONCE):
        items = list(ShareItem.objects.filter(share=share).order_by("position", "id"))
        for place, item in enumerate(items, 1):
            item.number = place
        ShareItem.objects.bulk_update(items, ["number"], batch_size=AT_ONCE)
        ShareLink.objects.filter(pk=share.pk).update(last_number=len(items))


class Migration(migrations.Migration):
    dependencies = [("generations", "0038_client_decisions")]
    operations = [
        migrations.RunPython(part, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(number, migrations.RunPython.noop, elidable=True),
    ]
