"""From what a person typed to one neutral request: every door (form, API, retry, command) comes here."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generations.models import Asset, Comment, Generation, Project, Shot, Status
from providers.allowing import left_of
from providers.gateways.capabilities import WITH_A_CLIP, Audio, Capabilities, from_plain
from providers.gateways.check import check
from providers.gateways.errors import Unsupported
from providers.gateways.problem import Problem
from providers.gateways.values import Input, Mode, Role, VideoRequest
from providers.models import AllowList, VideoModel

from . import allowing, links, naming, registrations, withdrawn
from .naming import Cast
from .travel import is_reachable

FIELDS = (
    "prompt",
    "negative_prompt",
    "duration_s",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "seed",
    "watermark",
    "return_last_frame",
    "upscale_factor",
    "extra",
)


class Refused(Exception):
    """The request cannot be made as it stands. ``problems`` name field, reason and allowed values."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(problem.message for problem in problems))


@dataclass(frozen=True)
class Chosen:
    """One input in a role: an asset of the project, or the address from which one is to be fetched."""

    role: Role
    asset: Asset | None = None
    url: str = ""

    def plain(self) -> dict[str, str]:
        given = {"url": self.url} if self.asset is None else {"asset": str(self.asset.pk)}
        return {"role": self.role.value, **given}

    @property
    def identity(self) -> str:
        """Equal for equal bytes, as far as that can be told."""
        return self.url if self.asset is None else self.asset.sha256


@dataclass(frozen=True)
class Composition:
    """A checked request, ready to be priced and created. Its prompt calls each file what the gateway does;
    ``prompt`` is as the person wrote it."""

    project: Project
    model: VideoModel
    request: VideoRequest
    inputs: tuple[Chosen, ...] = ()
    parent: Generation | None = None
    relation: str = ""
    left: tuple[str, ...] = ()  # what was left to the gateway on purpose
    prompt: str = ""  # as it was written; the request says it in the gateway's words
    cast: Cast = ()
    fixes: Comment | None = None  # the note that it is made for
    shot: Shot | None = None

    def plain(self) -> dict[str, Any]:
        """The request as JSON: what the take keeps, and what a later retry starts from. A null stands where
        the gateway is to choose."""
        values = {name: getattr(self.request, name) for name in FIELDS} | {"prompt": self.prompt}
        kept = {name: value for name, value in values.items() if value not in (None, {})}
        kept |= dict.fromkeys(self.left)
        if self.cast:
            kept["cast"] = [member.plain() for member in self.cast]
        kept["inputs"] = [item.plain() for item in self.inputs]
        return kept

    def fingerprint(self) -> str:
        """SHA-256 over the model and everything asked for; files count by their bytes."""
        told = {
            **self.plain(),
            "model": self.model.wire_id,
            "mode": self.request.mode.value,
            "inputs": [[item.role.value, item.identity] for item in self.inputs],
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass
class Wish:
    """The typed values as they came in. A name that is missing means that nobody chose; so does ``None``, but
    for what the model may leave to its gateway: there it means that."""

    model: VideoModel
    values: Mapping[str, Any]
    inputs: Sequence[tuple[Role, UUID | str]] = field(default_factory=list)  # a text is an address
    parent: Generation | None = None
    relation: str = ""
    mode: Mode | None = None  # what to do with a source clip, where the model does several things
    cast: Cast = ()  # the characters whose files are among the inputs
    lent: Mapping[UUID, Asset] = field(
        default_factory=dict
    )  # of other projects; for a price, never for a take
    fixes: Comment | None = None  # the note that it is made for
    shot: Shot | None = None
    lists: Sequence[AllowList] | None = None  # the allow-lists that were just read; None: they are read now


def compose(user: Any, project: Project, wish: Wish, *, fill_in: bool = True) -> Composition:
    """Check a wish against the model's capabilities.

    :param fill_in: choose the model's defaults for what is missing, as the form does. Nothing that was
        asked for is ever changed.
    :raises Refused: with every problem at once.
    """
    caps = from_plain(wish.model.capabilities)
    lists = allowing.lists_for(user, project) if wish.lists is None else wish.lists
    inputs, missing = _inputs(user, project, wish)
    mode = caps.mode_for([item.role for item in inputs], wish.mode)
    values = {name: wish.values.get(name) for name in FIELDS}
    left = tuple(n for n in caps.leavable(mode) if n in wish.values and wish.values[n] is None)
    allowed = from_plain(left_of(lists, wish.model).capabilities) if lists else caps
    if fill_in:
        values = _with_defaults(values, allowed, mode, [item.role for item in inputs], left)
    media, blocked = _registered(wish.model, caps, inputs)
    uses = [(item.role, item.asset) for item in inputs if item.asset]
    cast, written = naming.attached(wish.cast, uses), values["prompt"] or ""
    spoken = naming.spoken(written, uses, cast, caps)
    request = request_of(wish.model.wire_id, mode, media, {**values, "prompt": spoken})
    problems = [
        *_not_offered(wish.model),
        *missing,
        *blocked,
        *_without_file(written, spoken, [(item.role, item.asset) for item in inputs], cast, caps),
        *_workflow_lacks(wish.mode, mode, caps),
        *_not_theirs(request, caps),
        *_not_taken(request, caps, allowed, public_urls=is_reachable(wish.model.account)),
        *(allowing.problems_with(lists, wish.model, request) if lists else ()),
    ]
    if problems := problems or _inexpressible(wish.model, request):
        raise Refused(problems)
    asked = Composition(project, wish.model, request, tuple(inputs), wish.parent, wish.relation)
    return replace(asked, left=left, prompt=written, cast=cast, fixes=wish.fixes, shot=wish.shot)


def _not_offered(model: VideoModel) -> list[Problem]:
    """A retry may start from a take whose model has been retired or switched off since. One that was just
    read from the list of offers is not looked up again."""
    if getattr(model, "is_offered", False):
        return []
    if VideoModel.objects.offered().filter(pk=model.pk).exists():
        return []
    return [Problem("model", _("This model is no longer offered; choose another one."))]


def _not_taken(
    request: VideoRequest, caps: Capabilities, allowed: Capabilities, *, public_urls: bool
) -> list[Problem]:
    """What the model does not take, naming only what allow-lists leave of it (``allowed``). What it takes and
    a list does not allow is for the list to say."""
    found = check(request, caps, public_urls=public_urls)
    if allowed is caps or not any(problem.field in _CUT for problem in found):
        return found
    left = {problem.field: problem for problem in check(request, allowed, public_urls=public_urls)}
    return [left.get(item.field, item) if item.field in _CUT else item for item in found]


_CUT = ("resolution", "duration_s")  # what an allow-list takes away of a model


def _without_file(
    prompt: str, spoken: str, uses: Sequence[naming.Use], cast: Cast, caps: Capabilities
) -> list[Problem]:
    """Names of the studio's, and tags of the gateway's own that count on more than is attached."""
    words = _("“%(token)s” names no file that is attached. Attach it, or take the name out.")
    lost = [naming.token(name) for name in naming.dangling(prompt, uses, cast)]
    return [
        Problem("prompt", words % {"token": name}) for name in [*lost, *naming.beyond(spoken, uses, caps)]
    ]


def _workflow_lacks(asked: Mode | None, mode: Mode, caps: Capabilities) -> list[Problem]:
    """Where the prompt's first words choose what is done with a clip, nothing else is done without one."""
    if asked not in WITH_A_CLIP or asked not in caps.prompt_forms or asked == mode:
        return []
    return [Problem(Role.SOURCE_VIDEO, _("This workflow works on a source clip. Add it as such."))]


def _not_theirs(request: VideoRequest, caps: Capabilities) -> list[Problem]:
    """Who asked is told by the studio's pseudonym alone: an e-mail address must never leave here."""
    return [
        Problem(f"extra.{name}", _("The studio fills this in."))
        for name in request.extra
        if name in caps.extra and caps.extra[name].names_person
    ]


def media_of(inputs: Sequence[Chosen], caps: Capabilities) -> tuple[Input, ...]:
    """What is known of the files; of those that are still to come, a guess."""
    awaited = Counter(item.role for item in inputs if item.asset is None)
    return tuple(
        Input(i.role, i.asset.as_media() if i.asset else links.placeholder(i.role, caps, awaited[i.role]))
        for i in inputs
    )


def _registered(
    model: VideoModel, caps: Capabilities, inputs: Sequence[Chosen]
) -> tuple[tuple[Input, ...], list[Problem]]:
    """The files with the names by which the gateway has some of them already: those need no room in the
    request. One about which somebody has withdrawn is refused."""
    media, pairs = media_of(inputs, caps), [(item.role, item.asset) for item in inputs]
    known = registrations.addresses(model.account, caps.registered, pairs) if caps.registered else {}
    ended = withdrawn.among({media[at].media.sha256 for at in known}, sandbox=model.account.sandbox)
    problems = [Problem(item.role, str(withdrawn.WORDS)) for item in media if item.media.sha256 in ended]
    named = (replace(item, media=item.media.at(known.get(at, ""))) for at, item in enumerate(media))
    return tuple(named), problems


def _inexpressible(model: VideoModel, request: VideoRequest) -> list[Problem]:
    """What only the adapter knows: a pairing that its gateway has no words for. Files are named, not read."""
    named = tuple(Input(i.role, i.media.at(f"sha256:{i.media.sha256}")) for i in request.inputs)
    caps = from_plain(model.capabilities)
    try:
        model.account.adapter.build_submit(replace(request, inputs=named), caps)
    except Unsupported as error:
        return [Problem(error.field or "model", error.message)]
    return []


def request_of(model: str, mode: Mode, inputs: tuple[Input, ...], values: Mapping[str, Any]) -> VideoRequest:
    """The neutral request out of plain values named like FIELDS; missing ones were not asked for."""
    told: dict[str, Any] = {name: values.get(name) for name in FIELDS}
    told |= {"prompt": told["prompt"] or "", "extra": told["extra"] or {}}
    return VideoRequest(model=model, mode=mode, inputs=inputs, **told)


def _inputs(user: Any, project: Project, wish: Wish) -> tuple[list[Chosen], list[Problem]]:
    ids = [given for _role, given in wish.inputs if isinstance(given, UUID)]
    usable = Asset.objects.visible_to(user).usable_in(project).with_originals().in_bulk(ids)
    rows = {**wish.lent, **usable}
    found, problems = [], []
    for role, given in wish.inputs:
        if isinstance(given, UUID):
            chosen = Chosen(role, rows.get(given))
            why = "" if chosen.asset else _("This file is not in the project.")
        else:
            chosen, why = Chosen(role, url=given), links.problem_with(given)
        if why:
            problems.append(Problem(role.value, why))
        else:
            found.append(chosen)
    return found, problems


def _with_defaults(
    values: dict[str, Any], caps: Capabilities, mode: Mode, roles: Sequence[Role], left: Sequence[str]
) -> dict[str, Any]:
    # a clip that follows a sound track needs none made
    sound = caps.audio == Audio.OPTIONAL and Role.AUDIO_TRACK not in roles
    defaults: dict[str, Any] = {
        "duration_s": caps.default_duration(),
        "resolution": caps.default_resolution(),
        "aspect_ratio": caps.default_ratio(mode),
        "generate_audio": True if sound else None,
        "upscale_factor": next(iter(caps.upscale_factors), None) if mode == Mode.UPSCALE else None,
    }
    for name in (*caps.replaced(values.get("extra") or {}), *left):
        defaults.pop(name, None)
    return {name: defaults.get(name) if value is None else value for name, value in values.items()}


def _still_to_fix(take: Generation) -> Comment | None:
    """A fix that has its clip is done; once more, it is a take as any other."""
    return None if take.status == Status.COMPLETED else take.fixes


def wish_of(take: Generation, changes: Mapping[str, Any] | None = None, *, relation: str = "retry") -> Wish:
    """The wish that a take was made from, with ``changes`` laid over it."""
    values = {**_without_person(take), **(changes or {})}
    inputs = [(Role(item["role"]), _given(item)) for item in values.pop("inputs", [])]
    cast = naming.read_cast(values.pop("cast", None))
    wish = Wish(take.model, values, inputs, take, relation, Mode(take.mode), cast, shot=take.shot)
    return replace(wish, fixes=_still_to_fix(take))


def _given(item: Mapping[str, str]) -> UUID | str:
    return item["url"] if "url" in item else UUID(item["asset"])


def _without_person(take: Generation) -> dict[str, Any]:
    """The saved request without what an older release let a caller say of a person."""
    specs = from_plain(take.model.capabilities).extra
    kept = {
        name: value
        for name, value in (take.request.get("extra") or {}).items()
        if name not in specs or not specs[name].names_person
    }
    return {**take.request, "extra": kept}
