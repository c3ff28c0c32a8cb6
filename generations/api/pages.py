"""Pages of lists that go by name, a project's own before the studio's: a cursor says behind which row the
next page begins, also where that row has gone since."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Query

from providers.gateways.plain import keepable_text

from .errors import invalid

Cursor = Annotated[str | None, Query(max_length=1000, description="the `next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=100)]


def page_by_name(rows: QuerySet[Any], cursor: str | None, limit: int) -> tuple[list[Any], str | None]:
    """:param rows: with ``project_id`` and ``name``, in the order project (none last), name, id.
    :returns: the rows of the page, and the cursor of the next one if there is one.
    :raises ApiError: 422 for a cursor that is none.
    """
    found = list(rows.filter(_behind(cursor) if cursor else Q())[: limit + 1])
    return found[:limit], _cursor_of(found[limit - 1]) if len(found) > limit else None


def _cursor_of(row: Any) -> str:
    told = json.dumps([row.name, str(row.pk), row.project_id is not None])
    return base64.urlsafe_b64encode(told.encode()).decode()


def _behind(cursor: str) -> Q:
    try:
        name, pk, own = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        name, pk = keepable_text(str(name)), UUID(pk)
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise invalid("cursor", _("This is no cursor of this list.")) from error
    later = Q(name__gt=name) | Q(name=name, pk__gt=pk)
    return Q(project__isnull=True) | later if own else Q(project__isnull=True) & later
