"""What people have sent before this release stands in their prompt history."""

import hashlib
from itertools import islice

from django.db import migrations
from django.db.models import Max

AT_ONCE = 500


def fill(apps, schema_editor):
    Take, PastPrompt = apps.get_model("generations", "Generation"), apps.get_model("generations", "PastPrompt")
    texts = Take.objects.exclude(prompt="").order_by().values_list("author_id", "project_id", "prompt")
    rows = texts.annotate(at=Max("created_at")).iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        past = [_row(PastPrompt, *values) for values in some if values[2].strip()]
        PastPrompt.objects.bulk_create(past, ignore_conflicts=True)


def _row(PastPrompt, author_id, project_id, prompt, at):
    text = prompt.strip()
    digest = hashlib.sha256(text.encode()).hexdigest()
    fields = {"user_id": author_id, "project_id": project_id, "text": text, "text_sha256": digest}
    return PastPrompt(**fields, sent=True, used_at=at)


class Migration(migrations.Migration):
    dependencies = [("generations", "0020_drafts_and_past_prompts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
