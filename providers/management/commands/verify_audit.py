"""``manage.py verify_audit [--expect NUMBER:DIGEST]``: whether a line of the audit log was changed or is
missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from providers import audit_chain


class Command(BaseCommand):
    help = "Reads the whole audit log and says whether a line was changed, taken out or slipped in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect", default="", help="NUMBER:DIGEST as an earlier run printed it; shows a cut-off end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        audit_chain.link_new()
        report = audit_chain.verify(_expected(options["expect"]))
        for line in report.notes:
            self.stdout.write(line)
        for line in report.wrong:
            self.stderr.write(line)
        number, digest = report.end
        self.stdout.write(f"{report.lines:,} lines; the end is {number}:{digest}")
        if not report.ok:
            raise CommandError(f"The audit log does not hold: {report.faults:,} faults.")


def _expected(text: str) -> tuple[int, str] | None:
    number, colon, digest = text.partition(":")
    if not text:
        return None
    if not (colon and number.isdecimal()):
        raise CommandError("--expect takes NUMBER:DIGEST.")
    return int(number), digest
