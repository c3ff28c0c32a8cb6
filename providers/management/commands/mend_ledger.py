"""``manage.py mend_ledger``: holds that say something else than the ledger's lines are brought to them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from providers import outcomes


class Command(BaseCommand):
    help = "Adds up the lines of each attempt anew where its hold says something else; changes no line's sum."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{outcomes.rebuild():,} holds were brought to what their lines say.")
