"""manage.py studio: the whole studio under one supervisor."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from videostudio.supervisor import studio
from videostudio.supervisor.ports import PortTaken
from videostudio.supervisor.prepare import Occupied


class Command(BaseCommand):
    help = "Starts web, workers and sandbox, keeps them up, and stops them in order."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            studio.run()
        except (PortTaken, Occupied) as error:
            raise CommandError(str(error)) from None
