"""A clip made from a take's clip becomes one of its outputs; the original stays beside it, byte for byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db import transaction

from generations.media import MediaFacts
from generations.models import Generation, Output
from generations.storage import MediaStore

from . import transitions


def keep(store: MediaStore, take: Generation, path: Path, kind: Output.Kind, facts: MediaFacts) -> None:
    """Into the store, with an Event ``derived``. A second worker's row is left as it is."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    name, size = store.name_for("takes", take.pk, path.name), path.stat().st_size
    store.commit(path, name)
    measures = {field: getattr(facts, field) for field in ("width", "height", "duration_s", "fps")}
    values = {"file": name, "sha256": digest, "mime": facts.mime, "size_bytes": size, **measures}
    values["facts"] = facts.of_clip()
    with transaction.atomic():
        _row, made = Output.objects.get_or_create(generation=take, kind=kind, defaults=values)
        if made:
            transitions.record(take.pk, take.project_id, "derived", detail={"kinds": [kind.value]})
