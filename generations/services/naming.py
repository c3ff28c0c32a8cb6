"""Names in a prompt: ``@[harbour]`` stands for an attached file, ``@[Mira]`` for a character's files.

A name belongs to the file and not to its place, so it holds when the order changes. What the chosen gateway
calls the file is put in its place when the request is built; the take keeps the prompt as it was written.
A name without spaces may stand without its brackets, ``@Mira``; where nothing is called so it is a word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from generations.models import Asset
from providers.gateways.capabilities import Capabilities
from providers.gateways.plain import keepable_text
from providers.gateways.tags import tags_of
from providers.gateways.values import Role

TOKEN = re.compile(r"@\[([^\[\]\r\n]{1,120})\]")
# without brackets nothing may stand before the sign: an address of a person is no name
WRITTEN = re.compile(TOKEN.pattern + r"|(?<![\w@/.\]])@([\w.~-]*\w)")
MOST_MEMBERS, MOST_FILES = 30, 20
_BRACKETS = str.maketrans("[]", "()")
Use = tuple[Role, Asset | None]  # without an asset: one that is still to come; it has a number, and no name


@dataclass(frozen=True)
class Member:
    """A character in a request. ``files`` are assets of the project, the main one first; ``left`` those of
    them that found no place beside the model's other inputs."""

    name: str
    files: tuple[UUID, ...]
    character: UUID | None = None
    left: tuple[UUID, ...] = ()

    def plain(self) -> dict[str, Any]:
        kept: dict[str, Any] = {"name": self.name, "files": [str(pk) for pk in self.files]}
        if self.character:
            kept["character"] = str(self.character)
        return kept | ({"left": [str(pk) for pk in self.left]} if self.left else {})


Cast = Sequence[Member]


def read_cast(given: Any) -> tuple[Member, ...]:
    """What ``Member.plain`` wrote, out of a draft, a take or a form; what has another shape is left out."""
    listed = given if isinstance(given, list) else []
    return tuple(member for item in listed[:MOST_MEMBERS] if (member := _read_member(item)))


def _read_member(item: Any) -> Member | None:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return None
    name = clean_name(keepable_text(item["name"]))
    files, left = _uuids(item.get("files")), _uuids(item.get("left"))
    character = next(iter(_uuids([item.get("character")])), None)
    return Member(name, files, character, left) if name and files else None


def _uuids(given: Any) -> tuple[UUID, ...]:
    found = []
    for item in given[:MOST_FILES] if isinstance(given, list) else []:
        try:
            found.append(UUID(str(item)))
        except (ValueError, RecursionError):  # the latter: lists in lists
            continue
    return tuple(found)


def clean_name(text: str) -> str:
    """As it can stand between the brackets of a token."""
    return " ".join(text.translate(_BRACKETS).split())[:60].strip()


def name_of(asset: Asset) -> str:
    return clean_name(PurePosixPath(asset.name).stem) or asset.pk.hex[-4:]


def names_of(uses: Sequence[Use], cast: Cast = ()) -> list[str]:
    """For each input the name that stands for it alone: where two share one, with the end of the id."""
    names = [name_of(asset) if asset else "" for _role, asset in uses]
    taken = Counter(name.casefold() for name in [*names, *(member.name for member in cast)])
    return [
        f"{name}~{asset.pk.hex[-4:]}" if asset and taken[name.casefold()] > 1 else name
        for name, (_role, asset) in zip(names, uses, strict=True)
    ]


def token(name: str) -> str:
    return f"@[{name}]"


def as_words(prompt: str) -> str:
    """For where the files do not go along: a name in brackets is a word like others."""
    return TOKEN.sub(r"\1", prompt)


def as_shown(prompt: str) -> str:
    """As people read it: the brackets are for the studio alone."""
    return TOKEN.sub(r"@\1", prompt)


def places_of(name: str, uses: Sequence[Use], cast: Cast = ()) -> list[int]:
    """The inputs that a name stands for, in the order of the character's files; none where it dangles.

    A copy that was made to fit answers to the name of its original too. A name that two files share
    stands for neither.
    """
    wanted = name.strip().casefold()
    for member in cast:
        if member.name.casefold() == wanted:
            return _places_of_member(member, uses)
    for known in (names_of(uses, cast), *_names_of_originals(uses)):
        places = [at for at, candidate in enumerate(known) if candidate.casefold() == wanted]
        if places:
            return places if len({uses[at][1] for at in places}) == 1 else []
    return [at for at, (_role, asset) in enumerate(uses) if asset and str(asset.pk) == wanted][:1]


def _places_of_member(member: Member, uses: Sequence[Use]) -> list[int]:
    rank = {pk: at for at, pk in enumerate(member.files)}
    mine = [(rank[asset.pk], at) for at, (_role, asset) in enumerate(uses) if asset and asset.pk in rank]
    return [at for _rank, at in sorted(mine)]


def _names_of_originals(uses: Sequence[Use]) -> Iterable[list[str]]:
    parents = [asset.derived_from if asset else None for _role, asset in uses]
    yield [name_of(parent) if parent else "" for parent in parents]
    yield [name_of(p.derived_from) if p and p.derived_from else "" for p in parents]


def found_in(prompt: str) -> list[str]:
    """The names in brackets, each once, in their order."""
    return list(dict.fromkeys(match[1].strip() for match in TOKEN.finditer(prompt)))


def may_name(prompt: str) -> bool:
    """Whether ``spoken`` could change it."""
    return "@" in prompt


def dangling(prompt: str, uses: Sequence[Use], cast: Cast = ()) -> list[str]:
    """The names in brackets that stand for nothing attached."""
    return [name for name in found_in(prompt) if not places_of(name, uses, cast)]


def beyond(prompt: str, uses: Sequence[Use], caps: Capabilities) -> list[str]:
    """The gateway's own tags in a prompt as it goes out, ``<Image 9>``, that count on more files than are
    attached; each once."""
    here = {_as_tag(tag) for tag in tags_of([role for role, _asset in uses], caps.prompt_tags)}
    hits = [hit[0] for form in tag_forms(caps) for hit in re.finditer(form, prompt, re.IGNORECASE)]
    return [tag for tag in dict.fromkeys(hits) if _as_tag(tag) not in here]


def tag_forms(caps: Capabilities) -> list[str]:
    """What the model calls files, as patterns that a browser reads too. One in plain words, ``image 3``, is
    left out: people write such words without meaning a file."""
    patterns = dict.fromkeys(p for p in caps.prompt_tags.values() if "{n}" in p and not p[0].isalpha())
    return [_tag_form(*pattern.split("{n}", 1)) for pattern in patterns]


def _tag_form(before: str, after: str) -> str:
    head, tail = (re.escape(part).replace(r"\ ", " ?") for part in (before, after))
    start = r"(?<![\w@/.\]])" if before.startswith("@") else "(?<!@)"  # an address of a person is no name
    return f"{start}{head}[0-9]+{tail}" + ("" if after else r"(?!\w)")


def _as_tag(text: str) -> str:
    return text.replace(" ", "").casefold()


def spoken(prompt: str, uses: Sequence[Use], cast: Cast, caps: Capabilities) -> str:
    """The prompt as the model is to read it, with what it calls each file in the place of its name.

    A character of several files is introduced once, ``Mira (<Image 1>, <Image 2>)``, and then called by
    its name alone.
    """
    tags = tags_of([role for role, _asset in uses], caps.prompt_tags)
    known: set[str] = set()

    def called(match: re.Match[str]) -> str:
        name = (match[1] or match[2]).strip()
        mine = list(dict.fromkeys(tags[at] for at in places_of(name, uses, cast)))
        if len(mine) < 2:
            return mine[0] if mine else match[0]
        if name.casefold() in known:
            return name
        known.add(name.casefold())
        return f"{name} ({', '.join(mine)})"

    return WRITTEN.sub(called, prompt)


def unnamed(prompt: str, uses: Sequence[Use], caps: Capabilities) -> list[int]:
    """The inputs that the gateway wants named and the prompt, as it goes out, does not name."""
    roles = [role for role, _asset in uses]
    tags = tags_of(roles, caps.prompt_tags)
    return [at for at, role in enumerate(roles) if role in caps.prompt_tags and tags[at] not in prompt]


def with_copies(cast: Cast, uses: Sequence[Use]) -> tuple[Member, ...]:
    """A copy that was made to fit stands in for the character's own file."""
    copies = {asset.derived_from_id: asset.pk for _role, asset in uses if asset and asset.derived_from_id}
    attached = {asset.pk for _role, asset in uses if asset}

    def here(pk: UUID) -> UUID:
        return pk if pk in attached else copies.get(pk, pk)

    return tuple(replace(member, files=tuple(map(here, member.files))) for member in cast)


def attached(cast: Cast, uses: Sequence[Use]) -> tuple[Member, ...]:
    """As a take keeps it: whose files are among its inputs, and which."""
    here = {asset.pk for _role, asset in uses if asset}
    mine = (replace(m, files=tuple(pk for pk in m.files if pk in here), left=()) for m in cast)
    return tuple(member for member in mine if member.files)
