"""What stood before somebody who decides: these bytes, and the newest version that they knew of."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from generations.clips import sha256_of
from generations.models import Generation, Status
from generations.services.refusals import WrongState


@dataclass(frozen=True)
class Seen:
    """What stood before the person who decides.

    :ivar file_sha256: of the clip.
    :ivar newest: the newest version of its stack that had a clip; None: it had no newer one than this.
    :ivar anyway: a newer version is known of, and this one is meant all the same.
    """

    file_sha256: str
    newest: UUID | None = None
    anyway: bool = False


class VersionReplaced(WrongState):
    """A newer version, or another file, is there since the person looked; nothing was decided.

    :ivar by: the newer version; None where the file is another.
    """

    def __init__(self, take: Generation, by: Generation | None) -> None:
        self.by = by
        if by is None:
            words = _("The file of this take is another one since you looked; look at it again.")
        else:
            words = _("V%(new)d came while you looked. Look at it, or decide on V%(this)d all the same.")
            words = words % {"new": by.version_no, "this": take.version_no}
        super().__init__(words)


def seen_of(take: Generation) -> Seen:
    """What a page or an answer shows of the take at this moment, to be sent along with a decision."""
    newest = newest_of(take)
    return Seen(sha256_of(take), newest.pk if newest else None)


def newest_of(take: Generation) -> Generation | None:
    """The newest version of its stack whose clip is here; None outside of a stack."""
    if take.stack_id is None:
        return None
    rows = Generation.objects.filter(stack=take.stack_id, status=Status.COMPLETED, trashed_at=None)
    return rows.order_by("-version_no").first()


def require_seen(take: Generation, seen: Seen) -> None:
    """:raises VersionReplaced:"""
    if seen.file_sha256 != sha256_of(take):
        raise VersionReplaced(take, None)
    newest = newest_of(take)
    if newest and not seen.anyway and _came_since(newest, take, seen.newest):
        raise VersionReplaced(take, newest)


def _came_since(newest: Generation, take: Generation, known: UUID | None) -> bool:
    """Numbers of one stack only ever go up; what a person knew of may be in the trash by now."""
    if newest.pk in (take.pk, known):
        return False
    was = Generation.objects.filter(pk=known, stack=take.stack_id).first() if known else None
    return (newest.version_no or 0) > max((was.version_no if was else 0) or 0, take.version_no or 0)
