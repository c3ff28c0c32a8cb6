"""manage.py provider: gateway accounts from a terminal. A key comes in by the environment, never as a word
of the command, where other people on the computer could read it."""

from __future__ import annotations

import os
import shlex
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import URLValidator

from generations import terminal
from generations.lengths import length_words
from generations.models import Project
from generations.services.cheapest import find_cheapest
from generations.services.compose import Refused, compose
from generations.services.create import PriceMoved, create_generations
from generations.services.projects import create_project
from generations.services.refusals import NotAllowed
from providers import accounts, discovery, features, standings
from providers.gateways.errors import GatewayError
from providers.gateways.registry import all_gateways
from providers.models import BadKey, ProviderAccount, VideoModel
from providers.quotas import QuotaExceeded
from providers.quotes import quote

from .generate import find_user, follow

PROJECT = "Account checks"


class Command(BaseCommand):
    help = "Adds, lists and checks gateway accounts, and shows the models they offer."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="a new account")
        add.add_argument("--gateway", required=True, choices=sorted(all_gateways()))
        add.add_argument("--name", required=True)
        add.add_argument("--key-env", required=True, metavar="VAR", help="the variable that holds the key")
        add.add_argument("--base-url", default="")
        other = actions.add_parser("key", help="another key; the one it has is kept for the jobs it made")
        other.add_argument("name")
        other.add_argument("--key-env", required=True, metavar="VAR", help="the variable that holds the key")
        other.add_argument("--leaked", action="store_true", help="end the key it has at once")
        actions.add_parser("list", help="all accounts")
        check = actions.add_parser(
            "check", help="ask the gateway, at no cost: does the key work, what is listed"
        )
        check.add_argument("name")
        check.add_argument("--submit", action="store_true", help="also make the cheapest real take")
        check.add_argument("--yes", action="store_true", help="spend what --submit says it costs")
        check.add_argument("--user", help="sign-in name (the first administrator)")
        discover = actions.add_parser("discover", help="ask gateways for their models, and say what changed")
        discover.add_argument("name", nargs="?", help="an account (all usable ones)")
        actions.add_parser("features", help="print the table of docs/gateways/index.md")
        actions.add_parser("models", help="what an account offers").add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['action']}")(options)

    def do_add(self, options: dict[str, Any]) -> None:
        key = key_of(options)
        if ProviderAccount.objects.filter(name=options["name"]).exists():
            raise CommandError(f"There is an account named {options['name']!r} already.")
        check_address(options["base_url"])
        try:
            made = accounts.create_account(
                options["gateway"], options["name"], key, base_url=options["base_url"]
            )
        except BadKey as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{made.name}: key {made.masked_key} at {made.base_url}, {made.models.count()} models"
        )
        if made.discovery_rung_at:
            self.stdout.write(
                "The studio asks the gateway for its models as soon as it runs; "
                f"`provider discover {shlex.quote(made.name)}` asks at once."
            )

    def do_key(self, options: dict[str, Any]) -> None:
        account = get_account(options["name"])
        try:
            accounts.save_key(account, key_of(options), leaked=options["leaked"])
        except BadKey as error:
            raise CommandError(str(error)) from None
        kept = ", ".join(str(row) for row in account.former_keys.all())
        self.stdout.write(
            f"{account.name}: key {account.masked_key}"
            + (f"; for jobs at the gateway still: {kept}" if kept else "")
        )

    def do_list(self, options: dict[str, Any]) -> None:
        for row in ProviderAccount.objects.all():
            state = row.state_words()
            kind = "sandbox" if row.sandbox else row.gateway
            self.stdout.write(f"{row.name}\t{kind}\t{row.base_url}\tkey {row.masked_key or 'none'}\t{state}")

    def do_discover(self, options: dict[str, Any]) -> None:
        named = [get_account(options["name"])] if options["name"] else ProviderAccount.objects.usable()
        failed = False
        for account in named:
            found = discovery.discover(account)
            failed = failed or bool(found.error and account.adapter.discovers)
            self.stdout.write(f"{account.name}: {found.words}")
        if failed:
            raise SystemExit(terminal.FAILED)

    def do_features(self, options: dict[str, Any]) -> None:
        self.stdout.write(features.table(), ending="")

    def do_models(self, options: dict[str, Any]) -> None:
        for row in VideoModel.objects.offered().filter(account=get_account(options["name"])):
            caps = row.capabilities
            seconds = ", ".join(length_words(value) for value in caps.get("durations_s", ())) or "-"
            modes = ", ".join(caps.get("modes", ()))
            priced = "priced" if row.price_rule else "no price known"
            self.stdout.write(f"{row.wire_id}\t{row.label}\t{modes}\t{seconds}\t{priced}")

    def do_check(self, options: dict[str, Any]) -> None:
        account = get_account(options["name"])
        found = accounts.check_key(account)
        self.stdout.write(f"{account.name}: {found.message}")
        account.refresh_from_db(fields=["standing"])
        for word, words in (("Balance", standings.money_words), ("Calls left", standings.calls_words)):
            if said := words(account):
                self.stdout.write(f"{account.name}: {word}: {said}.")
        if not found.ok:
            raise SystemExit(terminal.FAILED)
        listed = self._list_models(account)
        if options["submit"]:
            self._submit(account, options)
        if not listed:
            raise SystemExit(terminal.FAILED)

    def _list_models(self, account: ProviderAccount) -> bool:
        """What the gateway lists beside our catalogue; False where its list cannot be read."""
        try:
            listing = discovery.look(account)
        except GatewayError as error:
            self.stdout.write(f"{account.name}: its models cannot be listed. {error.message}")
            return False
        for line in [discovery.no_list()] if listing is None else listing.lines(account.adapter.list_name):
            self.stdout.write(f"{account.name}: {line}")
        return True

    def _submit(self, account: ProviderAccount, options: dict[str, Any]) -> None:
        wish = find_cheapest(account)
        if wish is None:
            raise CommandError("No model of this account makes clips from words.", returncode=2)
        user = find_user(options["user"])
        project = Project.objects.filter(name=PROJECT, created_by=user).first()
        try:
            project = project or create_project(user, PROJECT)
        except NotAllowed as error:
            raise CommandError(str(error), returncode=2) from error
        try:
            item = compose(user, project, wish)
        except Refused as error:
            raise CommandError(f"{PROJECT}: {error} Nothing was sent.", returncode=2) from error
        price = quote(wish.model, item.request)
        asked = item.request
        length = "" if asked.duration_s is None else length_words(asked.duration_s)
        words = (wish.model.label, length, asked.resolution, asked.aspect_ratio)
        self.stdout.write(", ".join(word for word in words if word))
        self.stdout.write(terminal.price_line(price.amount_usd, price.basis))
        if not options["yes"]:
            raise CommandError("Say --yes to spend that. Nothing was sent.", returncode=2)
        if silent := terminal.silent_parts():
            message = f"The studio is not running (no sign of {', '.join(silent)}). Start it with: make run."
            raise CommandError(message, returncode=terminal.NOT_RUNNING)
        try:
            takes = create_generations(user, [item], shown_usd=price.amount_usd)
        except (NotAllowed, Refused, PriceMoved, QuotaExceeded) as error:
            raise CommandError(f"{PROJECT}: {error} Nothing was sent.", returncode=2) from error
        if code := follow(self, takes):
            raise SystemExit(code)


def key_of(options: dict[str, Any]) -> str:
    key = os.environ.get(options["key_env"], "").strip()
    if not key:
        raise CommandError(f"The variable {options['key_env']} is empty or not set.")
    return key


def get_account(name: str) -> ProviderAccount:
    account = ProviderAccount.objects.filter(name=name).first()
    if account is None:
        names = ", ".join(ProviderAccount.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no account {name!r}; there are: {names}.")
    return account


def check_address(address: str) -> None:
    """An administrator's own address may be private, but it is an address."""
    if not address:
        return
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError as error:
        raise CommandError(f"--base-url {address!r} is no http(s) address.") from error
