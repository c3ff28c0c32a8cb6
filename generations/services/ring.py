"""Ring the queue: a dotted path and an id, once the row is safe. The bell may be lost; rows are not."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django_q.tasks import async_task

_CLUSTERS = {
    "submit": "studio",
    "store": "files",
    "derive": "files",
    "copy_for_guests": "files",
    "mail_guest_code": "studio",
    "draw": "files",
    "shrink_posters": "files",
    "look_up_cost": "files",
    "fetch_input": "files",
    "look_for_faces": "files",
    "register": "files",
    "reword": "files",
    "reword_shot": "files",
    "mail_digest": "studio",
    "mail_limit_news": "studio",
    "mail_alerts": "studio",
    "deliver": "studio",
    "sweep": "sweep",
}


def ring(task: str, row_id: UUID | None = None, *, cluster: str = "") -> None:
    """Queue ``generations.tasks.<task>`` for this row when the present transaction is saved.

    :param cluster: another than the task's own, where that one is known to be silent.
    """
    arguments = () if row_id is None else (str(row_id),)
    there = cluster or _CLUSTERS[task]
    transaction.on_commit(lambda: async_task(f"generations.tasks.{task}", *arguments, cluster=there))
