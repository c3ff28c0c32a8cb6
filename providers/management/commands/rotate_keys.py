"""manage.py rotate_keys: reseal the gateway keys with the first of FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from providers import keys
from providers.models import audit


class Command(BaseCommand):
    help = "Reseal every gateway key with the first of FIELD_KEYS. Safe to interrupt and to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        found = sorted(keys.rotate().items())
        for key_id, rows in found:
            self.stdout.write(f"{rows} under {key_id}")
        # sealed with the new key, and with that for all lines before it
        audit(None, "rotated keys", "accounts", after=dict(found))
