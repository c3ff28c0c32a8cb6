"""manage.py verify_signoff: whether sign-offs still say the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generations.models import SignOff
from generations.services import sign_off_check
from generations.services.sign_off_check import Report


class Command(BaseCommand):
    help = (
        "Check a sign-off by its id, all of them, or a certificate that was downloaded: digest, seal, the "
        "file on disk, recipe, consent records, withdrawn or not. Exit code 1 where one cannot be relied on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="?", metavar="ID", help="the sign-off's id")
        which.add_argument("--all", action="store_true", help="each one that was not withdrawn")
        which.add_argument("--file", type=Path, metavar="CERTIFICATE", help="a certificate's JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            reports = [(str(options["file"]), sign_off_check.check_certificate(_read(options["file"])))]
        else:
            rows = SignOff.objects.select_related("generation")
            rows = rows.filter(withdrawal=None) if options["all"] else rows.filter(pk=_id(options["id"]))
            reports = [(str(row.pk), sign_off_check.check(row)) for row in rows.iterator()]
            if not reports and not options["all"]:
                raise CommandError("There is no sign-off of this id.")
        bad = [self._tell(name, report) for name, report in reports].count(False)
        if bad:
            raise CommandError(f"{bad} of {len(reports)} cannot be relied on.")
        self.stdout.write(f"{len(reports)} checked, nothing wrong.")

    def _tell(self, name: str, report: Report) -> bool:
        self.stdout.write(f"{name}: {'good' if report.ok else 'NOT GOOD'}")
        for line in report.wrong:
            self.stdout.write(f"  wrong: {line}")
        for line in report.notes:
            self.stdout.write(f"  note: {line}")
        return report.ok


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise CommandError(f"{text} is no id.") from error


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(f"{path} cannot be read as JSON: {error}") from error
