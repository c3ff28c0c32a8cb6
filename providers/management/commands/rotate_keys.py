"""manage.py rotate_keys: reseal the gateway keys with the first of FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from providers import keys


class Command(BaseCommand):
    help = "Reseal every gateway key with the first of FIELD_KEYS. Safe to interrupt and to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for key_id, rows in sorted(keys.rotate().items()):
            self.stdout.write(f"{rows} under {key_id}")
