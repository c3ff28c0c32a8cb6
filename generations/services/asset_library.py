"""The library: the files of a project, or of all that a person may see, by what people look for.

Pages go by id, newest first. No OFFSET and no exact counts; how often a file was used is counted for the
files of one page, in one query.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from generations.labels import clean_label, searchable
from generations.models import Asset, AssetTag, Generation, GenerationInput, Project, Verb

PAGE = 60
MOST_TAGS = 20  # of one file
MOST_TAG_CHARS = 40
MOST_NOTE_CHARS = 4_000
RIGHTS = ("source", "licence", "likeness")
RELEASE_TAG = "release"
_MOST_OFFERED = 200  # tags in a menu
_RECENT = 300  # uses looked through for what was used last


@dataclass(frozen=True)
class Wanted:
    """What to look for; an empty value leaves it open. ``use``: "used", "unused" or "".

    Copies stand with their originals and are left out of a list unless ``copies`` asks for them."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    tag: str = ""
    person: UUID | None = None
    use: str = ""
    shared: bool = False
    copies: bool = False
    trash: bool = False


# a copy of a copy is the most there is: a picture out of a clip, cut to fit. Each is asked by itself: no
# index serves an OR across joins, and the inputs of all takes would be read for every file.
_ITSELF_OR_A_COPY = ("asset", "asset__derived_from", "asset__derived_from__derived_from")


@dataclass(frozen=True)
class Uses:
    """In how many takes a file was used, and in how many of them a copy of it went out in its place."""

    takes: int = 0
    through_copies: int = 0


@dataclass(frozen=True)
class Page:
    assets: list[Asset]
    before: UUID | None
    uses: Mapping[UUID, Uses]


@dataclass(frozen=True)
class Description:
    """What people say of a file."""

    name: str
    notes: str = ""
    tags: tuple[str, ...] = ()
    rights: Mapping[str, str] | None = None
    release: Asset | None = None


def rows_for(user: Any, project: Project | None = None, *, shared: bool = False) -> QuerySet[Asset]:
    """Of a project its own, with ``shared`` the studio's; of no project all that this person may see.

    Each says in ``project_seen`` whether its project may be named to this person, and in ``original_seen``
    whether the file that it was made from may.
    """
    sees = Project.objects.visible_to(user).filter(pk=OuterRef("project"))
    original = Asset.objects.visible_to(user).filter(pk=OuterRef("derived_from"))
    rows = Asset.objects.visible_to(user).annotate(project_seen=Exists(sees), original_seen=Exists(original))
    if shared:
        return rows.filter(shared_at__isnull=False)
    return rows.filter(project=project) if project else rows


def usable(user: Any, project: Project) -> QuerySet[Asset]:
    """What the composer of the project may take."""
    rows = Asset.objects.visible_to(user).usable_in(project).exclude(file="")
    return rows.select_related("owner").prefetch_related("tags")


def narrow(rows: QuerySet[Asset], wanted: Wanted) -> QuerySet[Asset]:
    rows = rows.filter(trashed_at__isnull=not wanted.trash)
    if wanted.trash:
        rows = rows.exclude(file="")
    elif not wanted.copies:
        rows = rows.filter(derived_from=None)
    if wanted.tag:
        rows = rows.filter(tags__name=wanted.tag)
    if wanted.use:
        itself, copy, of_copy = (_inputs_where(field) for field in _ITSELF_OR_A_COPY)
        used = Q(itself) | Q(copy) | Q(of_copy)
        rows = rows.filter(used if wanted.use == "used" else ~used)
    named = {"kind__in": wanted.kinds, "owner": wanted.person}
    return rows.filter(words_in(wanted.text), **{name: value for name, value in named.items() if value})


def _inputs_where(field: str) -> Exists:
    return Exists(GenerationInput.objects.filter(**{field: OuterRef("pk")}))


def words_in(text: str) -> Q:
    """Every word has to stand in name, tags, notes or rights, in any order."""
    fits = Q()
    for word in searchable(text).split()[:12]:
        fits &= Q(words__contains=word)
    return fits


def page(
    user: Any, rows: QuerySet[Asset], before: UUID | None = None, most: int = PAGE, *, counted: bool = True
) -> Page:
    """``before`` of the last page leads to the next.

    :param counted: with the uses of its files."""
    if before:
        rows = rows.filter(pk__lt=before)
    rows = rows.select_related("owner", "project").prefetch_related("tags").order_by("-id")
    found = list(rows[: most + 1])
    shown = found[:most]
    uses = uses_of(user, shown) if counted else {}
    return Page(shown, shown[-1].pk if len(found) > most else None, uses)


def uses_of(user: Any, assets: Iterable[Asset]) -> dict[UUID, Uses]:
    """How often each was used in takes that this person may see; those never used are left out. Where takes
    may hold a file and a copy of it, a second query tells them apart."""
    families = _families({asset.pk for asset in assets})
    uses = _uses_among(set().union(*families.values())).filter(
        generation__in=Generation.objects.visible_to(user)
    )
    counts = uses.values("asset").annotate(takes=Count("generation", distinct=True))
    by_file: dict[UUID, int] = dict(counts.values_list("asset", "takes"))
    used = {pk: files & by_file.keys() for pk, files in families.items() if files & by_file.keys()}
    mixed = {pk: files for pk, files in used.items() if len(files) > 1}
    found = {}
    for pk, (file,) in ((pk, files) for pk, files in used.items() if pk not in mixed):
        found[pk] = Uses(by_file[file], 0 if file == pk else by_file[file])
    return found | (_told_apart(uses, mixed) if mixed else {})


def _uses_among(files: Collection[UUID]) -> QuerySet[GenerationInput]:
    return GenerationInput.objects.filter(asset__in=files).order_by()


def _families(ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Each of these files with its copies and theirs; two look-ups by index."""
    copies, of_copies = _copies_of(ids), {}
    if copies:
        of_copies = _copies_of(copies)
    families = {pk: {pk} for pk in ids}
    for copy, original in copies.items():
        families[original].add(copy)
    for copy, original in of_copies.items():
        families[copies[original]].add(copy)
    return families


def _copies_of(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Copy -> what it was made from."""
    rows = Asset.objects.filter(derived_from__in=ids).order_by().values_list("pk", "derived_from")
    return {copy: original for copy, original in rows if original}


def _told_apart(uses: QuerySet[GenerationInput], families: Mapping[UUID, set[UUID]]) -> dict[UUID, Uses]:
    """Of families of which several files went out, each take counted once; by the database, in one query."""
    counts: dict[str, Count] = {}
    for number, (pk, files) in enumerate(families.items()):
        counts[f"every_{number}"] = Count("generation", distinct=True, filter=Q(asset__in=files))
        counts[f"direct_{number}"] = Count("generation", distinct=True, filter=Q(asset=pk))
    told = uses.aggregate(**counts)
    every = [(pk, told[f"every_{n}"], told[f"direct_{n}"]) for n, pk in enumerate(families)]
    return {pk: Uses(takes, takes - direct) for pk, takes, direct in every}


def takes_with(user: Any, asset: Asset, most: int) -> list[Generation]:
    """The newest takes that start from the file or a copy of it, as far as this person may see them. Each
    says in ``through_copy`` whether the file itself was not among its inputs."""
    family = _families([asset.pk])[asset.pk]
    takes = Generation.objects.visible_to(user).filter(pk__in=_uses_among(family).values("generation"))
    direct = GenerationInput.objects.filter(generation=OuterRef("pk"), asset=asset)
    takes = takes.annotate(through_copy=~Exists(direct))
    return list(takes.select_related("model", "project").prefetch_related("outputs").order_by("-id")[:most])


def used_last(user: Any, project: Project, kinds: Sequence[str], most: int) -> list[Asset]:
    """What the latest takes of the project started from, the latest first."""
    uses = GenerationInput.objects.filter(generation__project=project).order_by("-generation_id", "position")
    ids = list(dict.fromkeys(uses.values_list("asset_id", flat=True)[:_RECENT]))
    rows = usable(user, project).filter(kind__in=kinds).in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows][:most]


def tags_in(rows: QuerySet[Asset]) -> list[str]:
    names = AssetTag.objects.filter(asset__in=rows.order_by().values("pk"))
    return list(names.order_by("name").values_list("name", flat=True).distinct()[:_MOST_OFFERED])


def people_in(rows: QuerySet[Asset]) -> QuerySet:
    """Who sent files, members or not."""
    sent = rows.order_by().filter(owner=OuterRef("pk"))
    return get_user_model().objects.filter(Exists(sent)).order_by("display_name", "username")


def releases_for(user: Any, asset: Asset) -> QuerySet[Asset]:
    """Files that may prove a consent to be shown: those of the project with the tag ``release``."""
    rows = Asset.objects.visible_to(user).live().filter(project=asset.project).exclude(pk=asset.pk)
    return rows.filter(Q(tags__name=RELEASE_TAG) | Q(pk=asset.release_id)).distinct()


def may(user: Any, asset: Asset, verb: Verb) -> bool:
    """In the file's own project; that it is shared lets others use it, and no more."""
    return asset.project.allows(user, verb)


def may_edit(user: Any, asset: Asset) -> bool:
    """What people say of it: neither in the trash nor in a project that was put away."""
    return may(user, asset, Verb.COMPOSE) and not (asset.trashed_at or asset.project.archived_at)


def may_share(user: Any, asset: Asset) -> bool:
    """Administrators, and producers in projects of theirs."""
    return user.is_producer and asset.project.role_of(user) is not None


def clean_tags(given: Iterable[str]) -> tuple[str, ...]:
    """In lower case, each once, without odd spaces. Raises ValueError: too many, or one too long."""
    tags = dict.fromkeys(" ".join(searchable(tag).split()) for tag in given)
    found = tuple(tag for tag in tags if tag)
    if len(found) > MOST_TAGS or any(len(tag) > MOST_TAG_CHARS for tag in found):
        raise ValueError("too many tags, or one too long")
    return found


def describe(asset: Asset, told: Description) -> None:
    """Write name, notes, tags and rights; the bytes stay as they are."""
    rights = {name: text for name in RIGHTS if (text := (told.rights or {}).get(name, "").strip())}
    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=asset.pk)
        asset.name, asset.notes, asset.rights = clean_label(told.name), told.notes.strip(), rights
        asset.release = told.release
        asset.words = asset.words_with(told.tags)
        asset.save(update_fields=["name", "notes", "rights", "release", "words"])
        asset.tags.exclude(name__in=told.tags).delete()
        rows = [AssetTag(asset=asset, name=tag) for tag in told.tags]
        AssetTag.objects.bulk_create(rows, ignore_conflicts=True)


def share(user: Any, asset: Asset) -> bool:
    """From now on every member of the studio may see it and start takes from it, in every project.

    :returns: whether it was not so before."""
    rows = Asset.objects.live().filter(pk=asset.pk, shared_at=None)
    return bool(rows.update(shared_at=timezone.now(), shared_by=user))


def unshare(asset: Asset) -> bool:
    """Back to its project; takes that were made from it elsewhere keep what they started from.

    :returns: whether it was shared before."""
    rows = Asset.objects.filter(pk=asset.pk, shared_at__isnull=False)
    return bool(rows.update(shared_at=None, shared_by=None))
