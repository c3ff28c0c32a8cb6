"""Notes on a take: write, edit, delete, resolve. People of the studio write to either side, guests to the
client's alone; to them an internal note does not exist.

Every change is one transaction that holds the take's row: two at once come one after the other. It leaves a
line in the take's history, tells whom it concerns, keeps the words that search finds, and stirs the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Audience, Comment, CommentEdit, Generation, Verb

from . import note_people, note_words, notify, transitions, words
from .allowed import require_alive
from .refusals import NotAllowed, Outdated, WrongState
from .writers import Writer

MOST_NOTES = 2000  # on one take, replies counted: more than people read, and a page that still opens
MOST_OF_GUESTS = 300  # of one link, with those that they took back


class NoSuchNote(LookupError):
    """There is none that this writer can read."""


class NoteOutdated(Outdated):
    """The note was changed meanwhile; ``standing`` is how it is now."""

    def __init__(self, standing: Comment) -> None:
        self.standing = standing
        super().__init__(
            _("This note was changed meanwhile. What stands there now is shown beside your words.")
        )


def write(
    by: Writer,
    take: Generation,
    *,
    body: str,
    audience: str = Audience.INTERNAL,
    frame: int | None = None,
    frame_end: int | None = None,
    drawing: Sequence[Any] = (),
    checklist: Sequence[str] = (),
    parent: Comment | UUID | None = None,
) -> Comment:
    """A note, or with ``parent`` a reply, which has its thread's audience and stands at its moment.

    :raises NotAllowed, NoSuchNote, note_words.BadNote, WrongState: see ``_may_write``.
    """
    _may_write(by, take)
    _require_side(by, audience, is_reply=parent is not None)
    moment = {"frame": frame, "frame_end": frame_end, "drawing": drawing}
    with transaction.atomic():
        take = _held(take)
        _require_room(by, take)
        thread = _thread(by, take, parent) if parent else None
        said = _read(take, body, moment, checklist, replies=thread is not None)
        audience = thread.audience if thread else audience
        comment = _create(by, take, parent=thread, audience=audience, **_fields(said))
        note_people.tell_of(by, take, comment)
        _note(by, take, comment, kind="note written")
    return comment


def edit(
    by: Writer,
    comment: Comment,
    version: int,
    *,
    body: str,
    frame: int | None = None,
    frame_end: int | None = None,
    drawing: Sequence[Any] = (),
    checklist: Sequence[str] = (),
) -> Comment:
    """All of the note anew, by whoever wrote it; how it was before is kept.

    :param version: of the note that the writer had before them.
    :raises NotAllowed, NoSuchNote, note_words.BadNote, NoteOutdated, WrongState:
    """
    moment = {"frame": frame, "frame_end": frame_end, "drawing": drawing}

    def change(take: Generation, now: Comment) -> None:
        _require_own(by, now)
        if now.version != version:
            raise NoteOutdated(now)
        said = _read(take, body, moment, checklist, replies=now.parent_id is not None)
        _keep(now, by)
        _set(now, **_fields(said, now.checklist), version=now.version + 1, edited_at=timezone.now())
        note_people.tell_of_new_names(by, take, now)
        _note(by, take, now)

    return _change(by, comment, change)


def delete(by: Writer, comment: Comment) -> Comment:
    """Take a note back: one's own, or anybody's for whoever manages the project. Its words are kept in its
    history alone; replies to it stay.

    :raises NotAllowed, NoSuchNote, WrongState: it was deleted already."""

    def change(take: Generation, now: Comment) -> None:
        if not (by.person and take.project.allows(by.person, Verb.MANAGE)):
            _require_own(by, now)
        _keep(now, by)
        _set(now, body="", drawing=[], checklist=[], deleted_at=timezone.now(), version=now.version + 1)
        now.mentions.all().delete()
        _note(by, take, now, kind="note deleted")

    return _change(by, comment, change)


def resolve(person: Any, comment: Comment, in_take: Generation | None = None) -> Comment:
    """Say that a thread is done. Of one that is done already nothing changes.

    :param in_take: the version that settled it.
    :raises NotAllowed, NoSuchNote, WrongState:"""

    def change(take: Generation, now: Comment) -> None:
        _require_thread(now)
        if now.resolved_at:
            return
        within = in_take if in_take and in_take.project_id == take.project_id else None
        _set(now, resolved_at=timezone.now(), resolved_by=person, resolved_in=within)
        _note(Writer(person=person), take, now, kind="note resolved")

    return _change(Writer(person=person), comment, change)


def reopen(person: Any, comment: Comment) -> Comment:
    """:raises NotAllowed, NoSuchNote, WrongState:"""

    def change(take: Generation, now: Comment) -> None:
        _require_thread(now)
        if now.resolved_at is None:
            return
        _set(now, resolved_at=None, resolved_by=None, resolved_in=None)
        _note(Writer(person=person), take, now, kind="note reopened")

    return _change(Writer(person=person), comment, change)


def tick(person: Any, comment: Comment, index: int, done: bool, *, version: int | None = None) -> Comment:
    """Tick a line of a checklist, or take the tick off.

    :param index: from 0.
    :param version: of the note that the person had before them, where that is known.
    :raises NotAllowed, NoSuchNote, note_words.BadNote, NoteOutdated, WrongState:"""

    def change(take: Generation, now: Comment) -> None:
        if version is not None and version != now.version:
            raise NoteOutdated(now)
        if not 0 <= index < len(now.checklist):
            raise note_words.BadNote("index", _("The checklist has no such line."))
        by = Writer(person=person)
        mark = {"done": True, "by": by.name, "at": timezone.now().isoformat()} if done else _UNDONE
        items = [{**item, **mark} if n == index else item for n, item in enumerate(now.checklist)]
        _set(now, checklist=items)
        _note(by, take, now)

    return _change(Writer(person=person), comment, change)


_UNDONE = {"done": False, "by": "", "at": ""}


def find(by: Writer, take: Generation, pk: UUID) -> Comment:
    """A note of this take that this writer can read.

    :raises NoSuchNote:"""
    found = Comment.objects.filter(generation=take, audience__in=by.audiences, pk=pk).first()
    if found is None:
        raise NoSuchNote(_("There is no such note."))
    return found


def _change(by: Writer, comment: Comment, change: Callable[[Generation, Comment], None]) -> Comment:
    """Do it to the note as it is once the take's row is held; ``comment`` itself stays as it was."""
    take = Generation.objects.select_related("project").get(pk=comment.generation_id)
    _may_write(by, take)
    with transaction.atomic():
        take = _held(take)
        now = find(by, take, comment.pk)
        if now.deleted_at:
            raise WrongState(_("This note was deleted meanwhile."))
        change(take, now)
    return now


def _create(by: Writer, take: Generation, **fields: Any) -> Comment:
    whose = {"author": by.person, "guest": by.guest, "author_name": by.name}
    return Comment.objects.create(project_id=take.project_id, generation=take, **whose, **fields)


def _require_side(by: Writer, audience: str, *, is_reply: bool) -> None:
    """:raises NotAllowed, note_words.BadNote:"""
    if by.guest and audience != Audience.CLIENT and not is_reply:
        raise NotAllowed(_("Guests write to the client's side."))
    if audience not in Audience.values:
        raise note_words.BadNote("audience", _("A note is internal, or for the client."))


def _require_room(by: Writer, take: Generation) -> None:
    """What guests of a link write takes no room from the team, nor from another link.

    :raises WrongState:
    """
    rows, most = Comment.objects.filter(generation=take, guest=None).alive(), MOST_NOTES
    if by.guest is not None:
        rows, most = Comment.objects.filter(generation=take, guest__share=by.guest.share_id), MOST_OF_GUESTS
    if rows.count() >= most:
        raise WrongState(_("This take has as many notes as it can hold."))


def _may_write(by: Writer, take: Generation) -> None:
    """:raises NotAllowed: the role, the link or an archived project forbids it."""
    if by.person:
        require_alive(by.person, take.project, Verb.COMMENT)
        return
    if by.guest and not by.guest.share.may_comment:
        raise NotAllowed(_("This link does not allow notes."))
    if take.project.archived_at:
        raise NotAllowed(_("This project is archived; its takes stay as they are."))


def _held(take: Generation) -> Generation:
    """The row, which nobody else changes until this is over.

    :raises WrongState: it is in the trash.
    """
    row = Generation.objects.select_for_update(of=("self",)).select_related("project").get(pk=take.pk)
    if row.trashed_at:
        raise WrongState(_("The take is in the trash; restore it to write on it."))
    return row


def _thread(by: Writer, take: Generation, parent: Comment | UUID) -> Comment:
    """What a reply hangs on: replies nest one level.

    :raises NoSuchNote, WrongState:"""
    found = find(by, take, parent.pk if isinstance(parent, Comment) else parent)
    if found.parent_id:
        found = find(by, take, found.parent_id)
    if found.deleted_at:
        raise WrongState(_("The note was deleted meanwhile; your words were not sent."))
    return found


def _require_own(by: Writer, comment: Comment) -> None:
    own = comment.guest_id == by.guest.pk if by.guest else comment.author_id == by.person.pk
    if not own:
        raise NotAllowed(_("Only whoever wrote a note changes it."))


def _require_thread(comment: Comment) -> None:
    if comment.parent_id:
        raise WrongState(_("A reply is done with the note that it answers."))


def _read(
    take: Generation, body: str, moment: Mapping[str, Any], checklist: Sequence[str], *, replies: bool
) -> note_words.Content:
    """:param moment: ``frame``, ``frame_end`` and ``drawing``; a reply has none of its own.
    :raises BadNote, WrongState:"""
    has_one = moment["frame"] is not None or moment["frame_end"] is not None or moment["drawing"]
    if replies and has_one:
        raise note_words.BadNote("frame", _("A reply stands at the moment of the note that it answers."))
    return note_words.read(take, body=body, checklist=checklist, **moment)


def _fields(said: note_words.Content, before: Sequence[Any] = ()) -> dict[str, Any]:
    checklist = note_words.ticks(said.checklist, before)
    moment = {"frame": said.frame, "frame_end": said.frame_end}
    return {"body": said.body, "drawing": said.drawing, "checklist": checklist, **moment}


def _keep(comment: Comment, by: Writer) -> None:
    names = ("body", "drawing", "checklist", "frame", "frame_end")
    CommentEdit.objects.create(
        comment=comment, by=by.person, **{name: getattr(comment, name) for name in names}
    )


def _set(comment: Comment, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(comment, name, value)
    comment.save(update_fields=list(fields))


def _note(by: Writer, take: Generation, comment: Comment, *, kind: str = "") -> None:
    """What every change leaves behind.

    :param kind: of the line in the take's history, where it is worth one.
    """
    if kind:
        detail = {"note": str(comment.pk), "audience": comment.audience}
        guest = {"guest": by.name} if by.guest else {}
        transitions.record(take.pk, take.project_id, kind, actor=by.person, detail={**detail, **guest})
    words.keep([take.pk])
    notify.stir(take.pk)
