"""Emptying the database after a test that commits: what Django does there costs more than most such tests."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models.signals import post_migrate

_PERMISSIONS = "django.contrib.auth.management.create_permissions"


def make_quick() -> None:
    """Each flush would also write every permission and content type anew, which nobody here reads: the
    studio has roles of its own. PostgreSQL would make new files for every table."""
    assert post_migrate.disconnect(create_permissions, dispatch_uid=_PERMISSIONS)
    assert post_migrate.disconnect(create_contenttypes)
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = delete_all
    else:
        connection.ops.sql_flush = _around_triggers(connection.ops.sql_flush)


def _around_triggers(flush: Any) -> Any:
    """What the database keeps from being deleted goes between two tests all the same."""
    kept = import_module("generations.migrations.0036_sign_off_triggers")

    def sql_flush(style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        if not set(kept.TABLES) & set(tables):
            return flush(style, tables, **options)
        return [*kept.SQLITE_BACK, *flush(style, tables, **options), *kept.SQLITE]

    return sql_flush


def delete_all(_style: Any, tables: Sequence[str], **_options: Any) -> list[str]:
    """Instead of TRUNCATE; as a replica, so that neither order nor triggers matter."""
    deletes = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]
    return ["; ".join(["SET LOCAL session_replication_role = replica", *deletes])] if tables else []


def forget_types() -> None:
    """A content type is made where the admin first needs it, and goes with its test."""
    ContentType.objects.clear_cache()
