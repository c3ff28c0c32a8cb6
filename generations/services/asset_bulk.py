"""The same done to many files of the library, each by the rules of its own project and on its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from generations.models import Asset, AssetTag, Membership, Verb
from generations.services import asset_library, assets
from generations.services.assets import UploadRefused

MOST = 200  # files in one go; each costs a handful of statements while the person waits


class Act(StrEnum):
    TAG = "tag"
    UNTAG = "untag"
    TRASH = "trash"
    RESTORE = "restore"
    SHARE = "share"
    UNSHARE = "unshare"


INVERSE = {
    Act.TAG: Act.UNTAG,
    Act.TRASH: Act.RESTORE,
    Act.SHARE: Act.UNSHARE,
    Act.UNTAG: Act.TAG,
    Act.RESTORE: Act.TRASH,
    Act.UNSHARE: Act.SHARE,
}


@dataclass
class Outcome:
    """How many files it was done to, and sentence -> how many were left for that reason. ``changed`` are
    those that were not so before: the tags that each got or lost (none for another act) -> files."""

    done: int = 0
    left: Counter[str] = field(default_factory=Counter)
    changed: dict[tuple[str, ...], list[UUID]] = field(default_factory=dict)


def act_on(user: Any, ids: Iterable[UUID], act: Act, tags: tuple[str, ...] = ()) -> Outcome:
    """:param ids: those that this person may not see, or whose bytes are gone, are passed over.
    :param tags: clean ones (``asset_library.clean_tags``), for TAG and UNTAG."""
    rows = asset_library.rows_for(user).exclude(file="").filter(pk__in=list(ids)[:MOST])
    found = Outcome()
    mine = Prefetch("project__memberships", Membership.objects.filter(user=user))
    for asset in rows.select_related("project").prefetch_related(mine).order_by("pk"):
        if not _may(user, asset, act):
            found.left[_("It is not yours to change.")] += 1
            continue
        try:
            changed = _DO[act](user, asset, tags)
        except UploadRefused as error:
            found.left[error.message] += 1
            continue
        found.done += 1
        if changed:
            found.changed.setdefault(changed if isinstance(changed, tuple) else (), []).append(asset.pk)
    return found


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Of several acts on different files; what changed in each is not told."""
    found = Outcome()
    for one in outcomes:
        found.done += one.done
        found.left.update(one.left)
    return found


def _may(user: Any, asset: Asset, act: Act) -> bool:
    if act in (Act.SHARE, Act.UNSHARE):
        return asset_library.may_share(user, asset) and not asset.trashed_at
    if act in (Act.TRASH, Act.RESTORE):
        return asset_library.may(user, asset, Verb.TRASH)
    return asset_library.may_edit(user, asset)


def _tag(_user: Any, asset: Asset, tags: tuple[str, ...]) -> tuple[str, ...]:
    return _retag(asset, lambda old: tuple(dict.fromkeys((*old, *tags))))


def _untag(_user: Any, asset: Asset, tags: tuple[str, ...]) -> tuple[str, ...]:
    return _retag(asset, lambda old: tuple(tag for tag in old if tag not in tags))


def _retag(asset: Asset, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> tuple[str, ...]:
    """:returns: the tags that it got or lost.
    :raises UploadRefused: too many tags."""
    with transaction.atomic():
        row = Asset.objects.select_for_update().get(pk=asset.pk)
        old = tuple(row.tags.order_by("name").values_list("name", flat=True))
        try:
            tags = asset_library.clean_tags(change(old))
        except ValueError as error:
            most = {"n": asset_library.MOST_TAGS}
            raise UploadRefused(_("A file has %(n)d tags at most.") % most, "too_many_tags") from error
        row.tags.exclude(name__in=tags).delete()
        AssetTag.objects.bulk_create([AssetTag(asset=row, name=tag) for tag in tags], ignore_conflicts=True)
        row.words = row.words_with(tags)
        row.save(update_fields=["words"])
        return tuple(sorted({*old} ^ {*tags}))


_DO: Mapping[Act, Callable[[Any, Asset, tuple[str, ...]], tuple[str, ...] | bool]] = {
    Act.TAG: _tag,
    Act.UNTAG: _untag,
    Act.TRASH: lambda user, asset, _tags: assets.trash_asset(user, asset),
    Act.RESTORE: lambda user, asset, _tags: assets.restore_asset(user, asset),
    Act.SHARE: lambda user, asset, _tags: asset_library.share(user, asset),
    Act.UNSHARE: lambda _user, asset, _tags: asset_library.unshare(asset),
}
