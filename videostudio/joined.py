"""Styles and scripts of a page as one file each: a browser on a phone waits for a round trip per handful of
files. The parts stay files of their own, and the templates say which belong together, by ``{% joined %}``;
the joined file is written while static files are collected, and nobody builds anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.template.base import Node, NodeList, TextNode
from django.template.engine import Engine
from django.template.exceptions import TemplateSyntaxError
from django.templatetags.static import StaticNode
from whitenoise.storage import CompressedManifestStaticFilesStorage

# a vendored file may end without a semicolon, and the next one begin with a bracket
_BETWEEN = {".css": b"\n", ".js": b"\n;\n"}


def name_of(parts: Sequence[str]) -> str:
    """``joined/0123456789ab.css``: the same parts in the same order are the same file, on every page."""
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"joined/{digest[:12]}{Path(parts[0]).suffix}"


class JoinedNode(Node):
    """What stands in ``{% joined %}``: links or scripts by ``{% static %}`` and a plain name, no more."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.parts = [_part(node) for node in nodelist if not isinstance(node, TextNode)]
        if len({Path(part).suffix for part in self.parts}) != 1 or _suffix(self.parts) not in _BETWEEN:
            raise TemplateSyntaxError("joined: styles or scripts, and one kind of them")

    def render(self, context: Any) -> str:
        """One tag where the joined file was collected, else all of them as they stand."""
        name = name_of(self.parts)
        if not _is_collected(name):
            return str(self.nodelist.render(context))
        url = StaticNode.handle_simple(name)
        if _suffix(self.parts) == ".css":
            return f'<link rel="stylesheet" href="{url}">'
        return f'<script defer src="{url}"></script>'


def _suffix(parts: Sequence[str]) -> str:
    return Path(parts[0]).suffix


def _part(node: Node) -> str:
    path = getattr(node, "path", None)
    if not isinstance(node, StaticNode) or not isinstance(getattr(path, "var", None), str):
        raise TemplateSyntaxError("joined: only {% static 'a plain name' %}")
    return path.var + ""  # plain text, which marked text is not for paths


def _is_collected(name: str) -> bool:
    return name in getattr(staticfiles_storage, "hashed_files", {})


def every_join() -> Iterator[list[str]]:
    """The parts of each joined file that a template of ours names."""
    engine = Engine.get_default()
    for folder in (Path(folder) for folder in engine.dirs):
        for path in sorted(folder.rglob("*.html")):
            template = engine.get_template(path.relative_to(folder).as_posix())
            for node in template.nodelist.get_nodes_by_type(JoinedNode):
                yield node.parts


class JoiningStorage(CompressedManifestStaticFilesStorage):
    """Writes the joined files before all files get their hashes and are compressed."""

    def post_process(self, paths: Any, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            paths.update(self._joined(paths))
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _joined(self, paths: Mapping[str, Any]) -> dict[str, Any]:
        made = {}
        for parts in every_join():
            content = _BETWEEN[_suffix(parts)].join(_read(*paths[part]) for part in parts)
            name = name_of(parts)
            self.delete(name)
            self._save(name, ContentFile(content))
            made[name] = (self, name)
        return made


def _read(storage: Any, path: str) -> bytes:
    with storage.open(path) as file:
        return bytes(file.read())


def sources() -> list[Path]:
    """The folders whose files make what is collected."""
    return [
        *(Path(folder) for folder in settings.STATICFILES_DIRS),
        *(Path(d) for d in Engine.get_default().dirs),
    ]
