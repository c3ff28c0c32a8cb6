"""Ledger lines of an earlier version learn whom they counted against, as far as it can be known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from generations.models import Client
from providers import ledger
from providers.models import LedgerEntry, audit
from tests.factories import make_take_row
from videostudio.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
migration: Any = import_module("generations.migrations.0041_fill_ledger_scopes")


def test_lines_learn_their_client_their_seconds_and_the_role_of_then():
    take, other = make_take_row(), make_take_row(request={})
    take.project.client = Client.objects.create(name="Northwind")
    take.project.save()
    ledger.settle(take.pk, 1, Decimal("0.70"), "billed")
    User.objects.filter(pk=take.author.pk).update(role="producer")
    for days, role in ((5, "administrator"), (1, "member")):
        with time_machine.travel(timezone.now() - timedelta(days=days)):
            audit(None, "changed role", "person", take.author.pk, before={"role": role}, after={"role": "?"})
    LedgerEntry.objects.update(client_id=None, role="", seconds=None)
    LedgerEntry.objects.filter(kind="settle").update(created_at=timezone.now() - timedelta(days=2))
    migration.fill(apps, None)
    hold, settle = ledger.lines_of(take.pk).order_by("kind")
    assert {line.client_id for line in (hold, settle)} == {take.project.client_id}
    assert {line.seconds for line in (hold, settle)} == {Decimal(str(take.request["duration_s"]))}
    assert (hold.role, settle.role) == ("producer", "member")
    line = ledger.lines_of(other.pk).get()
    assert (line.client_id, line.seconds, line.role) == (None, None, "member")
    migration.fill(apps, None)  # once more changes nothing
    assert ledger.lines_of(take.pk).get(kind="hold").role == "producer"
