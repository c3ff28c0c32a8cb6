"""What the API takes about sorting takes: what is done to them, what is looked for, and views."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import StrictBool

from generations.labels import clean_line, searchable

from .schemas import InShot, ShotName, Strict, Word, Words
from .services.gallery import Filter, Sort

Takes = Annotated[list[UUID], Field(min_length=1, max_length=10_000)]


class SortIn(Strict):
    """``mark``: with act *mark*; null takes it off. ``stars``: with *rate*, 0 takes yours off. ``tags``: with
    *tag* and *untag*. *top* needs one take, a version of a stack. ``shot``: with *move*, id or code; null
    takes them out of theirs. Versions of a stack go along."""

    project: Word
    takes: Takes
    act: Literal["mark", "rate", "tag", "untag", "stack", "unstack", "top", "move"]
    mark: Literal["pick", "reject"] | None = None
    stars: Annotated[int, Field(ge=0, le=5)] | None = None
    tags: list[Word] = Field(default_factory=list, max_length=100)
    shot: ShotName | None = None


class SearchIn(Strict):
    project: Word
    q: Words = Field("", description="words, or how they begin; all have to fit")
    tag: list[Word] = Field(default_factory=list, max_length=10)
    mark: Literal["pick", "reject", "none"] | None = None
    min_stars: Annotated[int, Field(ge=1, le=5)] | None = None
    review: Literal["in_review", "changes", "approved", "rejected", "signed"] | None = None
    client: Literal["approved", "changes"] | None = Field(None, description="what guests of links want")
    reviewer: UUID | None = Field(None, description="id of who was asked to decide")
    shot: InShot | None = Field(None, description="id of one, or none: in no shot")
    min_cost_usd: Annotated[Decimal, Field(ge=0)] | None = None
    max_cost_usd: Annotated[Decimal, Field(ge=0)] | None = None
    status: Literal["completed", "failed", "cancelled", "waits", "in_flight", "any"] = "completed"
    trashed: bool = False
    tops: bool = Field(False, description="of a stack only the version on top")
    sort: Sort = Sort.NEWEST

    def filter(self) -> Filter:
        return Filter(
            text=self.q,
            tags=tuple(clean_line(searchable(tag)) for tag in self.tag),
            mark=self.mark or "",
            stars=self.min_stars or 0,
            review=self.review or "",
            client=self.client or "",
            reviewer=self.reviewer,
            shot=self.shot,
            cost=(self.min_cost_usd, self.max_cost_usd),
            status=self.status,
            trash=self.trashed,
            versions=not self.tops,
            sort=self.sort,
        )


class BinIn(Strict):
    project: Word
    takes: Takes
    act: Literal["trash", "restore"]


class UndoIn(Strict):
    project: Word
    change: UUID = Field(description="as the answer to the change named it")


class ArchiveIn(Strict):
    project: Word
    takes: Takes


class ViewIn(Strict):
    project: Word
    name: Word
    query: Annotated[str, Field(max_length=1000)] = ""
    shared: StrictBool = False


class ViewChange(Strict):
    name: Word | None = None
    shared: StrictBool | None = None
