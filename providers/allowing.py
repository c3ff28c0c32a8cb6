"""Allow-lists: whether a model, a resolution and a length stand on all of those that concern somebody.

What cannot be told (which resolution a model makes that names none, how long a clip will be) is not allowed
where a list is asked about it, as a limit on money refuses an unknown price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from django.utils.translation import gettext as _

from . import allow_words as words
from .gateways.capabilities import from_plain
from .gateways.problem import Problem
from .gateways.sizes import lines_of
from .gateways.values import AUTO_S
from .models import AllowList, VideoModel


@dataclass(frozen=True)
class Left:
    """What the lists leave of a model: the reason where it is nothing, else its capabilities without the
    rest. ``cut``: those lists that take something of it away."""

    why_not: str
    capabilities: Mapping[str, Any]
    cut: tuple[AllowList, ...] = ()


def matches(name: str, model: VideoModel) -> bool:
    """``name`` as an administrator wrote it: a name, a family or an id at the gateway, ``*`` any letters."""
    pattern = _literal(name.casefold())
    told = (model.label, model.family, model.wire_id)
    return any(fnmatchcase(one.casefold(), pattern) for one in told if one)


def _literal(pattern: str) -> str:
    """Only ``*`` means something: ids hold brackets and question marks of their own."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


def covers(rule: AllowList, model: VideoModel) -> bool:
    """Whether it allows this model at this account, whatever is asked of it."""
    at_account = not rule.accounts or str(model.account_id) in rule.accounts
    return at_account and (not rule.names or any(matches(name, model) for name in rule.names))


def left_of(
    rules: Sequence[AllowList], model: VideoModel, capabilities: Mapping[str, Any] | None = None
) -> Left:
    """What a person may choose of a model here. Without a rule nothing is looked at.

    :param capabilities: the model's, where its row was read without them.
    """
    whole: Mapping[str, Any] = model.capabilities if capabilities is None else capabilities
    plain, cut = whole, []
    for rule in rules:
        if problem := _of_model(rule, model):
            return Left(problem.message, whole, (rule,))
        fewer = _fewer(rule, plain)
        if fewer is None:
            return Left(words.nothing_left(rule, model), whole, (rule,))
        cut += [rule] if fewer != plain else []
        plain = fewer
    return Left("", plain, tuple(cut))


def _fewer(rule: AllowList, plain: Mapping[str, Any]) -> dict[str, Any] | None:
    """The capabilities with the resolutions and lengths that are allowed; None where none is."""
    told = dict(plain)
    if rule.resolutions:
        told["resolutions"] = [one for one in plain.get("resolutions", ()) if _value(one) in rule.resolutions]
        if "left_to_gateway" in plain:
            told["left_to_gateway"] = _leavable(rule, plain["left_to_gateway"])
        if not told["resolutions"]:
            return None
    if rule.longest_s is not None and plain.get("durations_s"):
        told["durations_s"] = _lengths(rule, plain["durations_s"])
        if not told["durations_s"]:
            return None
    return told


def _value(choice: Any) -> Any:
    return choice.get("value") if isinstance(choice, Mapping) else choice


def _leavable(rule: AllowList, left: Mapping[str, Any]) -> dict[str, Any]:
    """A resolution may be left to the gateway only where what it then makes is known and allowed."""
    return {k: v for k, v in left.items() if k != "resolution" or v in rule.resolutions}


def _lengths(rule: AllowList, values: Iterable[float]) -> list[float]:
    """*The model chooses* may be as long as the longest that it makes."""
    lengths = [value for value in values if value != AUTO_S]
    short = [value for value in lengths if rule.longest_s is None or value <= rule.longest_s]
    return [value for value in values if value in short or (value == AUTO_S and short == lengths and lengths)]


def problems(
    rules: Sequence[AllowList], model: VideoModel, resolution: str | None, seconds: Decimal | None
) -> list[Problem]:
    """What of a request is on none of the lists, one sentence a rule and field.

    :param resolution: as it was asked for; None where it is left to the gateway.
    :param seconds: of the clip, at most; None where that is not known.
    """
    found: list[Problem | None] = []
    for rule in rules:
        found.append(_of_model(rule, model) or _of_resolution(rule, model, resolution))
        found.append(_of_length(rule, seconds))
    told = [problem for problem in found if problem]
    who = words.who_changes() if told else ""
    return [replace(problem, message=f"{problem.message} {who}".strip()) for problem in told]


def _of_model(rule: AllowList, model: VideoModel) -> Problem | None:
    if rule.accounts and str(model.account_id) not in rule.accounts:
        names = rule.account_names
        said = _("It allows these accounts: %(names)s.") % {"names": ", ".join(names)}
        return Problem("model", words.refusal(rule, _at(model), said), tuple(names))
    if covers(rule, model):
        return None
    said = _("It allows these models: %(names)s.") % {"names": words.first_of(rule.names)}
    return Problem("model", words.refusal(rule, str(model), said), tuple(rule.names))


def _at(model: VideoModel) -> str:
    return _("%(model)s at %(account)s") % {"model": model, "account": model.account}


def _of_resolution(rule: AllowList, model: VideoModel, asked: str | None) -> Problem | None:
    if not rule.resolutions:
        return None
    if asked is None:
        told = from_plain(model.capabilities).left_to_gateway.get("resolution")
        asked = told if isinstance(told, str) and told else None
    if asked in rule.resolutions:
        return None
    said = _("It allows these resolutions: %(names)s.") % {"names": words.first_of(rule.resolutions)}
    what = asked or _("a clip of an unknown resolution")
    return Problem("resolution", words.refusal(rule, what, said), tuple(rule.resolutions))


def _of_length(rule: AllowList, seconds: Decimal | None) -> Problem | None:
    if rule.longest_s is None or (seconds is not None and seconds <= rule.longest_s):
        return None
    most = f"{rule.longest_s.normalize():f}"
    what = (
        _("a clip of an unknown length")
        if seconds is None
        else _("a clip of %(n)s s") % {"n": f"{seconds.normalize():f}"}
    )
    said = _("It allows at most %(n)s s.") % {"n": most}
    return Problem("duration_s", words.refusal(rule, what, said), (float(most),))


def faults_of(rule: AllowList) -> list[Problem]:
    """What cannot be said by a list, with the reason; empty where nothing is wrong."""
    models = list(VideoModel.objects.select_related("account").defer("discovered"))
    found = [
        *_unknown_models(rule, models),
        *_unknown_resolutions(rule, models),
        *_bad_length(rule),
        *_allows_everything(rule),
    ]
    return found or _allows_nothing(rule, models)


def _unknown_models(rule: AllowList, models: Sequence[VideoModel]) -> list[Problem]:
    """A retired one is known: lists outlive models."""
    lost = [name for name in rule.names if not any(matches(name, model) for model in models)]
    said = _("No model goes by “%(name)s”: neither as its name, nor as its family or its id at the gateway.")
    return [Problem("names", said % {"name": name}) for name in lost]


def _unknown_resolutions(rule: AllowList, models: Sequence[VideoModel]) -> list[Problem]:
    known = resolutions_of(models)
    said = _("No model makes “%(name)s”.")
    lost = [name for name in rule.resolutions if name not in known]
    return [Problem("resolutions", said % {"name": name}, tuple(known)) for name in lost]


def resolutions_of(models: Iterable[VideoModel]) -> list[str]:
    """All that some model makes, the smallest first."""
    told = {str(_value(one)) for model in models for one in model.capabilities.get("resolutions", ())}
    return sorted(told, key=lambda name: (lines_of(name), name))


def _bad_length(rule: AllowList) -> list[Problem]:
    if rule.longest_s is None or (rule.longest_s.is_finite() and 0 < rule.longest_s <= 36_000):
        return []
    return [Problem("longest_s", _("A length is more than 0 s and at most ten hours."))]


def _allows_everything(rule: AllowList) -> list[Problem]:
    if rule.names or rule.accounts or rule.resolutions or rule.longest_s is not None:
        return []
    return [Problem("names", _("Name models, accounts, resolutions or a length: this list forbids nothing."))]


def _allows_nothing(rule: AllowList, models: Sequence[VideoModel]) -> list[Problem]:
    """Where there are models at all, one of them has to be left."""
    offered = [model for model in models if model.allowed and model.retired_at is None]
    if not offered or _leaves_some(rule, offered):
        return []
    said = _(
        "This would leave no model that is offered now. To stop everything use “Stop new submits”, "
        "or a limit of zero."
    )
    given = [name for name in ("names", "accounts", "resolutions", "longest_s") if getattr(rule, name)]
    alone = (name for name in given if not _leaves_some(AllowList(**{name: getattr(rule, name)}), offered))
    return [Problem(next(alone, given[0]), said)]


def _leaves_some(rule: AllowList, models: Iterable[VideoModel]) -> bool:
    return any(not left_of([rule], model).why_not for model in models)
