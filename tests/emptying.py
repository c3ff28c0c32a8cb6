"""Emptying the database after a test that commits: what Django does there costs more than most such tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models.signals import post_migrate

_WRITTEN_ONCE = (
    "generations.migrations.0036_sign_off_triggers",
    "providers.migrations.0010_audit_written_once",
)
_PERMISSIONS = "django.contrib.auth.management.create_permissions"


def make_quick() -> None:
    """Each flush would also write every permission and content type anew, which nobody here reads: the
    studio has roles of its own. PostgreSQL would make new files for every table."""
    assert post_migrate.disconnect(create_permissions, dispatch_uid=_PERMISSIONS)
    assert post_migrate.disconnect(create_contenttypes)
    operations = type(connection.ops)  # of every connection: a test that drives a browser has one of its own
    if connection.vendor == "postgresql":
        operations.sql_flush = delete_all
    else:
        operations.sql_flush = _around_triggers(operations.sql_flush)


def _around_triggers(flush: Any) -> Any:
    """What the database keeps from being deleted goes between two tests all the same."""
    kept = [import_module(name) for name in _WRITTEN_ONCE]

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        # of more tables than were named: of those too that refer to them
        deletes = flush(self, style, tables, **options)
        mine = [one for one in kept if any(f'"{table}"' in line for table in one.TABLES for line in deletes)]
        return [*_lines(mine, "SQLITE_BACK"), *deletes, *_lines(mine, "SQLITE")]

    return sql_flush


@contextmanager
def around_triggers() -> Iterator[None]:
    """For who writes where nobody may: the triggers are away meanwhile."""
    kept = [import_module(name) for name in _WRITTEN_ONCE]
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for line in ["SET session_replication_role = replica"] if postgres else _lines(kept, "SQLITE_BACK"):
            cursor.execute(line)
        try:
            yield
        finally:
            for line in ["SET session_replication_role = DEFAULT"] if postgres else _lines(kept, "SQLITE"):
                cursor.execute(line)


def _lines(kept: Sequence[Any], name: str) -> list[str]:
    return [line for one in kept for line in getattr(one, name)]


def delete_all(_self: Any, _style: Any, tables: Sequence[str], **_options: Any) -> list[str]:
    """Instead of TRUNCATE; as a replica, so that neither order nor triggers matter."""
    deletes = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]
    return ["; ".join(["SET LOCAL session_replication_role = replica", *deletes])] if tables else []


def forget_types() -> None:
    """A content type is made where the admin first needs it, and goes with its test."""
    ContentType.objects.clear_cache()
