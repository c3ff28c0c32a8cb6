"""Characters: make, change, archive, and bring their files into a project that uses them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations.models import Asset, Character, CharacterFile, Generation, Project, Verb

from . import assets
from .naming import Member, clean_name
from .refusals import BadField, NotAllowed

MOST: dict[str, int] = {Asset.Kind.IMAGE: 9, Asset.Kind.CLIP: 1, Asset.Kind.SOUND: 1, Asset.Kind.DOCUMENT: 0}
MOST_NOTES = 2000
_STUDIO = lazy("Characters of the whole studio are made by administrators and producers.")


class CharacterRefused(BadField):
    """``field`` is name, notes or assets."""


def may_change(user: Any, character: Character) -> bool:
    """One of the studio belongs to administrators and producers; an archived project rests."""
    if character.project is None:
        return may_share(user)
    return character.project.archived_at is None and character.project.allows(user, Verb.COMPOSE)


def may_share(user: Any) -> bool:
    return bool(user.is_administrator or user.is_producer)


def listed(
    user: Any, project: Project | None, *, archived: bool = False, words: str = ""
) -> QuerySet[Character]:
    """Those that can be named in a project, the project's own before the studio's, with their files and the
    number of ``uses`` in takes that this person may see; those that hold every one of ``words``."""
    rows = Character.objects.visible_to(user).in_project(project).filter(archived_at__isnull=not archived)
    for word in words.split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(notes__icontains=word))
    seen = Q(takes__in=Generation.objects.visible_to(user))
    return (
        rows.annotate(uses=Count("takes", filter=seen, distinct=True))
        .prefetch_related(CharacterFile.prefetched())
        .order_by(F("project_id").asc(nulls_last=True), "name", "id")
    )


def with_file(user: Any, asset: Asset) -> QuerySet[Character]:
    """Those that a file belongs to, archived ones too: they may come back."""
    return Character.objects.visible_to(user).filter(files__asset=asset)


def create(
    user: Any,
    project: Project,
    *,
    name: str,
    notes: str = "",
    files: Sequence[Asset] = (),
    studio: bool = False,
) -> Character:
    """:param files: assets of the project, the main picture first.
    :raises NotAllowed, CharacterRefused:
    """
    if studio and not may_share(user):
        raise NotAllowed(_STUDIO)
    if not project.allows(user, Verb.COMPOSE) or project.archived_at:
        raise NotAllowed(_("Your role in this project does not allow that."))
    home = None if studio else project
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)  # one name at a time
        row = Character(project=home, created_by=user, name=_free(user, name, home), notes=_notes(notes))
        row.save(force_insert=True)
        _set_files(row, files)
    return row


def change(
    user: Any,
    character: Character,
    *,
    name: str | None = None,
    notes: str | None = None,
    files: Sequence[Asset] | None = None,
    archived: bool | None = None,
    studio: bool = False,
) -> Character:
    """What is None stays. Takes that were made keep the files they were made with.

    :param studio: from now on it is one of the whole studio.

    :raises NotAllowed, CharacterRefused:
    """
    if not may_change(user, character):
        raise NotAllowed(_("You may not change this character."))
    if studio and not may_share(user):
        raise NotAllowed(_STUDIO)
    with transaction.atomic():
        row = Character.objects.select_for_update().get(pk=character.pk)
        if archived is not None:
            row.archived_at = (row.archived_at or timezone.now()) if archived else None
        home = None if studio else row.project
        if archived is False or home != row.project or (name is not None and clean_name(name) != row.name):
            row.name = _free(user, row.name if name is None else name, home, row.pk)
        row.project = home
        if notes is not None:
            row.notes = _notes(notes)
        row.save()
        if files is not None:
            _set_files(row, files)
    return row


def _free(user: Any, name: str, home: Project | None, mine: UUID | None = None) -> str:
    """A name stands for one character wherever this person can write it. Of a project that they do not see
    nothing is told: where it has one of this name, that one is meant there, before the studio's.

    :raises CharacterRefused:
    """
    cleaned = clean_name(name)
    if not cleaned:
        raise CharacterRefused("name", _("Give the character a name."))
    near = Character.objects.visible_to(user).live().filter(name__iexact=cleaned)
    near = near.exclude(pk=mine) if mine else near
    if home is not None:
        near = near.in_project(home)
    if near.exists():
        raise CharacterRefused("name", _("There is a character of this name already."))
    return cleaned


def _notes(text: str) -> str:
    if len(text) > MOST_NOTES:
        raise CharacterRefused("notes", _("Notes have %(most)d characters at most.") % {"most": MOST_NOTES})
    return text.strip()


def _set_files(row: Character, files: Sequence[Asset]) -> None:
    unique = list({asset.pk: asset for asset in files}.values())
    counted = Counter(asset.kind for asset in unique)
    if not counted[Asset.Kind.IMAGE]:
        raise CharacterRefused("assets", _("A character needs a picture."))
    if any(counted[kind] > most for kind, most in MOST.items()):
        words = _("A character has up to %(n)d pictures, one clip and one sound.")
        raise CharacterRefused("assets", words % {"n": MOST[Asset.Kind.IMAGE]})
    row.files.all().delete()
    CharacterFile.objects.bulk_create(
        CharacterFile(character=row, asset=asset, position=at) for at, asset in enumerate(unique)
    )


def member_of(user: Any, character: Character, project: Project) -> Member:
    """The character as it is now, for a request in this project.

    :raises assets.UploadRefused: when a file of another project could not be copied into this one.
    """
    here = [assets.copy_into(user, asset, project) for asset in character.assets]
    return Member(character.name, tuple(asset.pk for asset in here), character.pk)


def member_for_a_price(character: Character, project: Project) -> tuple[Member, dict[UUID, Asset]]:
    """The same without a copy: a file of another project stands where it lies, unless its bytes are here."""
    here = [_here_or_there(asset, project) for asset in character.assets]
    files = {asset.pk: asset for asset in here}
    return Member(character.name, tuple(files), character.pk), files


def _here_or_there(asset: Asset, project: Project) -> Asset:
    if asset.project_id == project.pk:
        return asset
    return assets.find_same(project, asset.sha256) or asset
