"""From the words in a request to rows that this person may see; everything else is a 404."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from generations.models import Character, CharacterFile, Generation, Project, Shot, Verb
from generations.services import looking_in, shots
from generations.telling import made
from providers.models import VideoModel

from .errors import ApiError, invalid, not_found


def id_or(name: str, word: str) -> Q:
    """Rows whose ``name`` is ``word``, or whose id it is."""
    try:
        return Q(**{name: word}) | Q(pk=UUID(word))
    except ValueError:
        return Q(**{name: word})


def get_project(user: Any, word: str, verb: Verb = Verb.SEE) -> Project:
    """By slug or id.

    :raises ApiError: 404, or 403 where the project may be seen but not that be done.
    """
    project = Project.objects.visible_to(user).filter(id_or("slug", word)).first()
    if project is None:
        raise not_found("project")
    if not project.allows(user, verb):
        raise ApiError(403, "not_allowed", _("Your role in this project does not allow that."))
    looking_in.trace(user, project)
    return project


def get_open_project(user: Any, word: str, verb: Verb = Verb.COMPOSE) -> Project:
    """As ``get_project``, for everything that adds to it: an archived one takes nothing new.

    :raises ApiError: 404, 403.
    """
    project = get_project(user, word, verb)
    require_open(project)
    return project


def require_open(project: Project | None) -> None:
    """:raises ApiError: 404 for an archived project, as its pages answer."""
    if project is not None and project.archived_at:
        raise not_found("project")


def takes_of(user: Any) -> QuerySet[Generation]:
    """All takes this person may see, with what an answer about them needs."""
    rows = Generation.objects.visible_to(user).select_related(
        "project", "author", "account", "model", "reviewer", "shot"
    )
    return made.with_differences(rows.prefetch_related("inputs", "taggings__tag"))


def get_take(request: HttpRequest, take_id: UUID, *, field: str = "") -> Generation:
    """:raises ApiError: 404."""
    take = takes_of(request.user).filter(pk=take_id).first()
    if take is None:
        raise not_found(field)
    looking_in.trace(request.user, take.project)
    return take


def get_character(request: HttpRequest, word: str, project: Project) -> Character:
    """One that can be named in a project, by its name or id; the project's own before the studio's.

    :raises ApiError: 422, with those that there are.
    """
    rows = Character.objects.visible_to(request.user).in_project(project).live()
    named = rows.filter(id_or("name__iexact", word)).order_by(F("project_id").asc(nulls_last=True), "id")
    found = named.prefetch_related(CharacterFile.prefetched()).first()
    if found is None:
        names = list(rows.values_list("name", flat=True)[:100])
        raise invalid("characters", _("There is no such character in this project."), names)
    return found


def get_shot(project: Project, word: str) -> Shot:
    """One of the project's, by its id or its code.

    :raises ApiError: 422.
    """
    try:
        found = shots.find(project, UUID(word))
    except ValueError:
        found = None
    found = found or shots.by_code(project, word)
    if found is None:
        raise invalid("shot", _("There is no such shot in this project."))
    return found


def get_model(word: str, account: str | None = None) -> VideoModel:
    """A model that is offered now, by the gateway's id or ours.

    :raises ApiError: 422; where several accounts offer it, one has to be named.
    """
    rows = VideoModel.objects.offered().select_related("account").filter(id_or("wire_id", word))
    if account is not None:
        rows = rows.filter(account__in=_accounts(account))
    found = list(rows[:50])
    if not found:
        raise invalid("model", _("No account offers this model; GET /api/v1/models lists what is offered."))
    if len(found) > 1:
        names = sorted(row.account.name for row in found)
        raise invalid("account", _("Several accounts offer this model; name one."), names)
    return found[0]


def _accounts(word: str) -> list[UUID]:
    """:raises ApiError: 422, naming the accounts that there are."""
    offered = VideoModel.objects.offered().order_by("account__name")
    accounts = dict(offered.values_list("account__name", "account_id").distinct())
    chosen = [pk for name, pk in accounts.items() if word in (name, str(pk))]
    if not chosen:
        raise invalid("account", _("There is no such account."), sorted(accounts))
    return chosen
