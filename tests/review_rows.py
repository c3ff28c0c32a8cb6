"""Takes with a clip, and guests, for tests of reviews."""

from __future__ import annotations

import hashlib
from typing import Any

from generations.models import Generation, Guest, Project, ShareLink
from providers.ids import new_id
from tests import factories


def make_clip(project: Project, *, clip: bool = True, content: bytes = b"", **fields: Any) -> Generation:
    """A completed take, with its own bytes as its clip unless told otherwise."""
    fields = {"status": "completed", "hold": False, **fields}
    take = factories.make_take_row(project=project, **fields)
    if clip:
        factories.make_output(take, content or b"\x00\x00\x00\x18ftypmp42" + take.pk.bytes)
    return take


def make_guest(project: Project, **fields: Any) -> Guest:
    """By a link that allows to comment and to approve."""
    share = ShareLink.objects.create(
        project=project,
        made_by=project.created_by,
        token_sha256=hashlib.sha256(new_id().bytes).hexdigest(),
        token_end="abcd",
        title="For the client",
        may_comment=True,
        may_approve=True,
    )
    key = hashlib.sha256(new_id().bytes).hexdigest()
    return Guest.objects.create(share=share, **{"name": "Gwen Guest", "key_sha256": key, **fields})
