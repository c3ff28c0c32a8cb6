"""manage.py generate "PROMPT": the main job from a terminal, through the same line and the same workers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from generations import terminal
from generations.api.errors import ApiError
from generations.api.find import get_model, get_project, get_shot
from generations.forms import LEAVABLE, LEFT
from generations.models import Generation, Project, Verb
from generations.services.allowing import offers_for
from generations.services.assets import UploadRefused, save_upload
from generations.services.compose import FIELDS, Composition, Refused, Wish, compose
from generations.services.create import MAX_COUNT, PriceMoved, create_generations, last_project_of
from generations.services.offers import choose
from generations.services.refusals import NotAllowed
from generations.storage import media_store
from providers.gateways.capabilities import WITH_A_CLIP
from providers.gateways.values import Mode, Role, mode_of
from providers.models import VideoModel
from providers.quotas import QuotaExceeded
from providers.quotes import Quote, quote

NUMBERS = {"duration_s": float, "seed": int, "upscale_factor": int}
SWITCHES = ("generate_audio", "watermark", "return_last_frame")
ON_OFF = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


class Command(BaseCommand):
    help = (
        "Generates clips. Exit codes: 0 done, 1 failed, 2 not accepted, 3 waits for a person, "
        "4 the studio is not running, 130 left running."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prompt")
        parser.add_argument("--project", help="slug or id (the one you worked in last)")
        parser.add_argument("--account", help="name or id")
        parser.add_argument("--model", help="the gateway's id of the model (the one used last)")
        parser.add_argument("--first-frame", type=Path, metavar="FILE")
        parser.add_argument("--last-frame", type=Path, metavar="FILE")
        parser.add_argument("--reference", type=Path, action="append", default=[], metavar="FILE")
        parser.add_argument(
            "--input",
            action="append",
            default=[],
            metavar="ROLE=FILE",
            dest="inputs",
            help=f"a file in any role: {', '.join(role.value for role in Role)}",
        )
        parser.add_argument(
            "--mode", choices=[mode.value for mode in WITH_A_CLIP], help="what to do with a source clip"
        )
        parser.add_argument("--shot", metavar="CODE", help="which shot of the project it is for")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="chosen")
        parser.add_argument("--count", type=int, default=1)
        parser.add_argument("--out", type=Path, metavar="FILE", help="copy the clip there")
        parser.add_argument("--user", help="sign-in name (the first administrator)")

    def handle(self, *args: Any, **options: Any) -> None:
        if silent := terminal.silent_parts():
            raise CommandError(
                f"The studio is not running (no sign of {', '.join(silent)}). Start it with: make run. "
                "Nothing was made.",
                returncode=terminal.NOT_RUNNING,
            )
        user = find_user(options["user"])
        try:
            composition, price = self._prepare(user, options)
            shown = None if price.amount_usd is None else price.amount_usd * options["count"]
            takes = create_generations(user, [composition] * options["count"], shown_usd=shown)
        except (ApiError, Refused, NotAllowed, PriceMoved, UploadRefused, QuotaExceeded) as error:
            raise CommandError(sentence(error), returncode=terminal.WRONG_USE) from error
        code = follow(self, takes)
        if options["out"] and code != terminal.INTERRUPTED:
            copy_clips(self, takes, options["out"])
        if code:
            raise SystemExit(code)

    def _prepare(self, user: Any, options: dict[str, Any]) -> tuple[Composition, Quote]:
        """What is to be made and what it costs, said before anything is sent."""
        if not 1 <= options["count"] <= MAX_COUNT:
            raise CommandError(f"--count is 1 to {MAX_COUNT}.", returncode=terminal.WRONG_USE)
        values = read_settings(options["chosen"])
        project = find_project(user, options["project"])
        asked = Mode(options["mode"]) if options["mode"] else None
        roles = [role for role, path in files_of(options) if path]
        model = find_model(user, project, options["model"], options["account"], roles, asked)
        inputs = self._inputs(user, project, options)
        wish = Wish(model, {**values, "prompt": options["prompt"]}, inputs, mode=asked)
        wish.shot = get_shot(project, options["shot"]) if options["shot"] else None
        composition = compose(user, project, wish)
        price = quote(model, composition.request)
        sandbox = " (sandbox: nothing is charged)" if model.account.sandbox else ""
        self.stdout.write(f"{model.label} through {model.account.name}{sandbox}, into “{project.name}”")
        self.stdout.write(terminal.price_line(price.amount_usd, price.basis, options["count"]))
        for line in price.detail:
            self.stdout.write(f"  {line}")
        return composition, price

    def _inputs(self, user: Any, project: Project, options: dict[str, Any]) -> list[tuple[Role, Any]]:
        found = []
        for role, path in files_of(options):
            if path is None:
                continue
            if not path.is_file():
                raise CommandError(f"There is no file {path}.", returncode=terminal.WRONG_USE)
            with path.open("rb") as file:
                found.append((role, save_upload(user, project, File(file), name=path.name).pk))
        return found


def files_of(options: dict[str, Any]) -> list[tuple[Role, Path | None]]:
    frames = [(Role.FIRST_FRAME, options["first_frame"]), (Role.LAST_FRAME, options["last_frame"])]
    named = [read_input(text) for text in options["inputs"]]
    return [*frames, *((Role.REFERENCE_IMAGE, path) for path in options["reference"]), *named]


def read_input(text: str) -> tuple[Role, Path]:
    """``ROLE=FILE``"""
    word, equals, path = text.partition("=")
    if word not in set(Role) or not equals:
        roles = ", ".join(role.value for role in Role)
        raise CommandError(f"--input is ROLE=FILE; roles: {roles}.", returncode=terminal.WRONG_USE)
    return Role(word), Path(path)


def find_user(name: str | None) -> Any:
    """By sign-in name; else the first administrator."""
    people = get_user_model().objects.active()
    chosen = people.filter(username__iexact=name) if name else people.administrators().order_by("date_joined")
    user = chosen.first()
    if user is None:
        who = f"No active person signs in as {name!r}." if name else "There is no administrator yet."
        raise CommandError(who, returncode=terminal.WRONG_USE)
    return user


def find_project(user: Any, word: str | None) -> Project:
    if word:
        return get_project(user, word, Verb.SPEND)
    project = last_project_of(user)
    if project is None:
        raise CommandError("There is no project yet; make one first.", returncode=terminal.WRONG_USE)
    return project


def find_model(
    user: Any,
    project: Project,
    word: str | None,
    account: str | None,
    roles: Sequence[Role],
    asked: Mode | None,
) -> VideoModel:
    """The named one; else of those that work from such inputs the person's last, then one of the sandbox,
    for free."""
    if word:
        return get_model(word, account)
    listed = [offer for offer in offers_for(user, project) if not offer.barred]
    offers = [offer for offer in listed if offer.caps.mode_for(roles, asked) in offer.modes]
    if account:
        offers = [
            offer for offer in offers if account in (offer.model.account.name, str(offer.model.account_id))
        ]
    last = Generation.objects.filter(author=user).order_by("-id").values_list("model_id", flat=True).first()
    free = choose([offer for offer in offers if offer.model.account.sandbox and offer.usable], None)
    known = last if any(offer.model.pk == last for offer in offers) else free and free.model.pk
    offer = choose(offers, known)
    if offer is None:
        mode = asked or mode_of(list(roles))
        said = f"No account offers a model for {mode.replace('_', ' ')}; see: provider list."
        raise CommandError(said, returncode=terminal.WRONG_USE)
    return offer.model


def read_settings(pairs: Sequence[str]) -> dict[str, Any]:
    """``duration_s=5`` and ``extra.style=anime`` as typed values; ``resolution=gateway`` leaves it to the
    gateway, where the model allows that."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if name.startswith("extra.") and equals:
            values.setdefault("extra", {})[name.removeprefix("extra.")] = _json_or_text(text)
        elif name in FIELDS and name not in ("prompt", "extra") and equals:
            values[name] = None if name in LEAVABLE and text == LEFT else _typed(name, text)
        else:
            known = ", ".join(field for field in FIELDS if field not in ("prompt", "extra"))
            raise CommandError(f"--set {pair}: use NAME=VALUE with one of {known}, extra.…", returncode=2)
    return values


def _typed(name: str, text: str) -> Any:
    try:
        if name in SWITCHES:
            return ON_OFF[text.lower()]
        return NUMBERS.get(name, str)(text)
    except (KeyError, ValueError):
        kind = "on or off" if name in SWITCHES else "a number"
        raise CommandError(f"--set {name}={text}: {kind}, please.", returncode=2) from None


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def sentence(error: Exception) -> str:
    """What is wrong, field by field, with what is allowed."""
    if isinstance(error, Refused):
        return "\n".join(f"{problem.field}: {problem.message}" for problem in error.problems)
    if isinstance(error, ApiError):
        allowed = f" ({', '.join(map(str, error.allowed))})" if error.allowed else ""
        return f"{error.field}: {error.message}{allowed}" if error.field else error.message
    return str(error)


def follow(command: BaseCommand, takes: Sequence[Generation]) -> int:
    """Watch to the end and report; Ctrl+C leaves them running."""
    try:
        ended = terminal.Watch(command.stdout, takes).run()
    except KeyboardInterrupt:
        command.stdout.write("\nStill running; nothing was stopped. See it at:")
        for take in takes:
            command.stdout.write(f"  {terminal.settings.PUBLIC_URL}{take.get_absolute_url()}")
        return terminal.INTERRUPTED
    return max(terminal.report(command.stdout, take) for take in ended)


def copy_clips(command: BaseCommand, takes: Sequence[Generation], out: Path) -> None:
    """Of several, the second is FILE-2 and so on."""
    for number, take in enumerate(takes, 1):
        clip = take.outputs.filter(kind="video").first()
        if clip is None:
            continue
        target = out if number == 1 else out.with_stem(f"{out.stem}-{number}")
        shutil.copyfile(media_store().path(clip.file), target)
        command.stdout.write(f"Copied to {target}")
