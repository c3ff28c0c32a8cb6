"""manage.py doctor: plain lines about what is well and what is not; exit code 1 when something is not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from videostudio.doctor import examine


class Command(BaseCommand):
    help = "Looks at folder, secrets, database, keys, clusters, sandbox and addresses."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        lines = list(examine())
        for fine, text in lines:
            self.stdout.write(f"{'ok  ' if fine else 'BAD '} {text}")
        if not all(fine for fine, _ in lines):
            sys.exit(1)
