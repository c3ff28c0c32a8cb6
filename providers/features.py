"""What each gateway can do, as a table for docs/gateways/index.md, out of adapters and catalogues alone."""

from __future__ import annotations

from collections.abc import Iterable

from . import catalogue
from .gateways.capabilities import Audio, Capabilities
from .gateways.registry import all_gateways
from .gateways.values import Mode, Role

HEAD = """# What each gateway can do

Made from the adapters and the shipped catalogues by `manage.py provider features`; a test holds it against
them. A mark means that at least one model of the catalogue takes it; what a key's own list says may be less.

"""
_ROLES = (
    *(Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE_IMAGE, Role.REFERENCE_BACKGROUND),
    *(Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO, Role.REFERENCE_VOICE, Role.REFERENCE_DOCUMENT),
    *(Role.SOURCE_VIDEO, Role.AUDIO_TRACK, Role.ELEMENT, Role.SCENE_IMAGE),
)


def table() -> str:
    """The whole page, in Markdown."""
    gateways = list(all_gateways().values())
    caps = {gateway.name: [m.capabilities for m in catalogue.load(gateway.name)] for gateway in gateways}
    names = [f"[{gateway.label}]({gateway.name}.md)" for gateway in gateways]
    lines = [_line("", names), _line("---", ["---"] * len(gateways))]
    lines.append(_line("Models in the catalogue", [str(len(caps[gateway.name])) for gateway in gateways]))
    for mode in Mode:
        cells = [_mark(mode in item.modes for item in caps[gateway.name]) for gateway in gateways]
        lines.append(_line(f"Mode: {_words(mode)}", cells))
    for role in _ROLES:
        cells = [_most(caps[gateway.name], role) for gateway in gateways]
        lines.append(_line(f"Input: {_words(role)}, at most", cells))
    for words, test in _SETTINGS.items():
        lines.append(_line(words, [_mark(map(test, caps[gateway.name])) for gateway in gateways]))
    for words, told in _CALLS.items():
        lines.append(_line(words, [_mark([told(gateway)]) for gateway in gateways]))
    return HEAD + "\n".join(lines) + "\n"


_SETTINGS = {
    "Sound can be switched": lambda caps: caps.audio == Audio.OPTIONAL,
    "Seed": lambda caps: caps.seed,
    "Negative prompt": lambda caps: caps.negative_prompt,
    "Watermark switch": lambda caps: caps.watermark,
    "Asks for consent": lambda caps: caps.may_ask_consent,
}
_CALLS = {
    "Price quoted before the click": lambda gateway: gateway.quotes,
    "Lost submits are looked up": lambda gateway: gateway.job_list is not None,
    "List of models is asked for": lambda gateway: gateway.discovers,
    "Calls the studio when a job ends": lambda gateway: gateway.takes_callback,
    "Cost is looked up after the clip": lambda gateway: gateway.bill is not None,
    "Keeps pictures and takes them by name": lambda gateway: gateway.registrar is not None,
    "Balance of the key": lambda gateway: gateway.tells_balance,
}


def _most(models: Iterable[Capabilities], role: Role) -> str:
    counts = [caps.inputs[role].max_count for caps in models if role in caps.inputs]
    return str(max(counts)) if counts else "-"


def _mark(found: Iterable[bool]) -> str:
    return "yes" if any(found) else "-"


def _words(value: str) -> str:
    return value.replace("_", " ")


def _line(first: str, cells: list[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"
