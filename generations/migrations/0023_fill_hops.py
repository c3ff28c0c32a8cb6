"""How many clips lie behind the takes that went on from a last frame before this release."""

from django.db import migrations


def fill(apps, schema_editor):
    Take = apps.get_model("generations", "Generation")
    rows = Take.objects.exclude(parent=None).order_by("id").values_list("pk", "parent_id", "relation", "request")
    hops = {}
    for pk, parent_id, relation, request in rows.iterator(chunk_size=500):
        hop = hops.get(parent_id, 0) + 1 if relation == "last_frame" else _same(hops.get(parent_id, 0), request)
        if hop:
            hops[pk] = hop
    for pk, hop in hops.items():
        Take.objects.filter(pk=pk).update(hop=hop)


def _same(hop, request):
    """An edit or a retry stands where its parent stands while it starts from a frame at all."""
    roles = {item.get("role") for item in request.get("inputs", [])}
    return hop if "first_frame" in roles else 0


class Migration(migrations.Migration):
    dependencies = [("generations", "0022_hops")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
