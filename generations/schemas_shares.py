"""What the API takes about links for guests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field
from pydantic import AwareDatetime, StrictBool, StrictInt

from .schemas import Short, Strict, Word
from .services.shares import Chosen, Terms

Views = Annotated[StrictInt, Field(ge=1, le=100_000)]


class TakeIn(Strict):
    take: UUID
    caption: Short = Field("", description="what guests read in place of *Take 1*; 80 signs")


class ShareIn(Strict):
    """Either ``takes``, in the order in which guests see them, or ``view``. All that is not said is off."""

    project: Word
    title: Word
    brand: Short = ""
    takes: list[TakeIn] = Field(default_factory=list, max_length=200)
    view: UUID | None = Field(None, description="a saved view; what it finds later shows too")
    passphrase: Short = ""
    expires_at: AwareDatetime | None = Field(None, description="null: until it is revoked")
    most_views: Views | None = None
    may_comment: StrictBool = False
    may_approve: StrictBool = False
    may_download: StrictBool = False

    def terms(self) -> Terms:
        given = self.dict(exclude={"project", "takes", "view"})
        return Terms(**given)

    def chosen(self) -> list[Chosen]:
        return [Chosen(one.take, one.caption) for one in self.takes]


class TakesIn(Strict):
    """All takes of a link anew. ``version``: ``takes_version`` of the answer that they were read from; where
    the list is another by now, it answers 409 and changes nothing."""

    takes: list[TakeIn] = Field(max_length=200)
    version: Short

    def chosen(self) -> list[Chosen]:
        return [Chosen(one.take, one.caption) for one in self.takes]


class ShareChange(Strict):
    """What is not given stays. An empty ``passphrase`` takes it off; null leaves it."""

    title: Word | None = None
    brand: Short | None = None
    passphrase: Short | None = None
    expires_at: AwareDatetime | None = None
    most_views: Views | None = None
    may_comment: StrictBool | None = None
    may_approve: StrictBool | None = None
    may_download: StrictBool | None = None

    def terms(self, share: Any) -> Terms:
        """Over those that the link has now; null stands for a value in those that can be without one."""
        given = self.dict(exclude_unset=True)
        names = ("title", "brand", "expires_at", "most_views", "may_comment", "may_approve", "may_download")
        now = {name: getattr(share, name) for name in names}
        may_be_none = ("passphrase", "expires_at", "most_views")
        kept = {name: value for name, value in given.items() if value is not None or name in may_be_none}
        return Terms(**{**now, **kept})


def is_over(when: datetime | None, now: datetime) -> bool:
    return when is not None and when <= now
