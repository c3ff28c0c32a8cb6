"""What the API takes about shots."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field
from pydantic import StrictBool

from .schemas import Strict, Text, Word
from .services.shots import LONGEST_S, MOST_CODE_CHARS, MOST_NOTE_CHARS, MOST_TITLE_CHARS, Words
from .shot_csv import MOST_BYTES

Code = Annotated[Word, Field(max_length=MOST_CODE_CHARS)]
Title = Annotated[Text, Field(max_length=MOST_TITLE_CHARS)]
Note = Annotated[Text, Field(max_length=MOST_NOTE_CHARS)]
Length = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=float(LONGEST_S))]
Format = Literal["otio", "edl", "fcpxml", "csv"]
Notes = Literal["", "internal", "client"]


class ShotIn(Strict):
    code: Code
    title: Title = ""
    note: Note = ""
    duration_s: Length | None = Field(None, description="how long it is meant to be, in seconds")
    after: UUID | None = Field(None, description="the shot behind which it comes; null: at the end")

    def words(self) -> Words:
        return Words(self.code, self.title, self.note, _seconds(self.duration_s))


class ShotChange(Strict):
    """What is not given stays; null takes a length off."""

    code: Code | None = None
    title: Title | None = None
    note: Note | None = None
    duration_s: Length | None = None

    def over(self, shot: Any) -> Words:
        """What is given over what the shot is."""
        given = self.dict(exclude_unset=True)
        if "duration_s" in given:
            given["duration_s"] = _seconds(given["duration_s"])
        kept = {name: value for name, value in given.items() if value is not None or name == "duration_s"}
        now = {name: getattr(shot, name) for name in ("code", "title", "note", "duration_s")}
        return Words(**{**now, **kept})


class PlaceIn(Strict):
    after: UUID | None = Field(description="the shot behind which it is put; null: it is the first")


class ChooseIn(Strict):
    take: UUID | None = Field(description="a take of the shot that has its clip; null: none")


class ImportIn(Strict):
    csv: Annotated[str, Field(strict=True, min_length=1, max_length=MOST_BYTES)]
    update: StrictBool = Field(True, description="shots that are there become what the list says of them")
    follow: StrictBool = Field(False, description="the shots of the list stand in its order, before others")
    dry_run: StrictBool = Field(False, description="only tell what it would do")


def _seconds(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
