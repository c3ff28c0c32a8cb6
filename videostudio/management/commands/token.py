"""manage.py token create: prints the token alone, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from providers.models import audit
from videostudio.models import ApiToken, User


class Command(BaseCommand):
    help = "Makes an API token for a person and prints it, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="print a new token")
        create.add_argument("--user", required=True, help="sign-in name")
        create.add_argument("--label", default="command line")
        create.add_argument("--days", type=int, default=90, help="how long it is valid (90)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days must be 1 or more.")
        user = User.objects.active().filter(username__iexact=options["user"]).first()
        if user is None:
            raise CommandError(f"No active person signs in as {options['user']!r}.")
        row, token = ApiToken.issue(user, options["label"], days=options["days"])
        audit(None, "made token", "person", user.pk, after={"label": row.label, "days": options["days"]})
        self.stdout.write(token)
