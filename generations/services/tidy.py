"""Files that a crash left between the disk and its row. Only what is older than a day, and only where
uploads and scratch work lie; the files of takes are found again by their own rows."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db.models import Q

from generations.models import Asset
from generations.storage import MediaStore, media_store

log = logging.getLogger(__name__)
KEPT = timedelta(days=1)  # nothing younger is touched: its row may be on the way
_AT_ONCE = 200


def remove_orphans(now: datetime) -> int:
    """:returns: how many scratch folders and files without a row were removed."""
    store, before = media_store(), (now - KEPT).timestamp()
    removed = _empty_incoming(store, before) + _empty_assets(store, before)
    if removed:
        log.info("%s files that no row names were removed", removed)
    return removed


def _empty_incoming(store: MediaStore, before: float) -> int:
    """Nothing there has a row; work that goes on has written lately."""
    old = [folder for folder in _inside(store.root / "incoming") if _newest(folder) < before]
    for folder in old:
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink(missing_ok=True)
    return len(old)


def _empty_assets(store: MediaStore, before: float) -> int:
    files = (file for file in _asset_files(store.root / "assets") if _changed(file) < before)
    removed = 0
    while some := list(islice(files, _AT_ONCE)):
        names = {file.relative_to(store.root).as_posix() for file in some}
        for name in sorted(names - _named(names)):
            store.delete(name)
            removed += 1
    return removed


def _named(names: Iterable[str]) -> set[str]:
    """Those that a row names. A file's folder is the id of its row; what that does not find is looked for
    by its name, once more, before it may go."""
    ids = {part for name in names if len(part := name.split("/")[-2]) == 36}
    found = _names_of(Q(pk__in=ids)) & set(names)
    rest = set(names) - found
    return found | (_names_of(Q(file__in=rest) | Q(thumb__in=rest) | Q(strip__in=rest)) if rest else set())


def _names_of(rows: Q) -> set[str]:
    found = Asset.objects.filter(rows).values_list("file", "thumb", "strip")
    return {name for names in found for name in names}


def _asset_files(root: Path) -> Iterator[Path]:
    """``assets/<two digits>/<id>/<file>``; nothing else lies there, and nothing else is touched."""
    for folder in (folder for part in _inside(root) for folder in _inside(part)):
        if len(folder.name) == 36 and not set(folder.name) - set("0123456789abcdef-"):
            yield from (file for file in _inside(folder) if file.is_file() and not file.is_symlink())


def _inside(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def _changed(path: Path) -> float:
    """When it was written or put in its place, whichever is later; now, if it has gone meanwhile."""
    try:
        found = path.lstat()
    except OSError:
        return float("inf")
    return max(found.st_mtime, found.st_ctime)


def _newest(path: Path) -> float:
    return max([_changed(path), *(_changed(inner) for inner in path.rglob("*"))])
