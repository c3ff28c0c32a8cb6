"""Who speaks in a review: a person of the studio, or a guest who came by a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generations.models import Audience, Guest, Verification


@dataclass(frozen=True)
class Writer:
    """Exactly one of both. A guest writes to the client's side alone, and reads no other."""

    person: Any = None
    guest: Guest | None = None

    def __post_init__(self) -> None:
        if (self.person is None) == (self.guest is None):
            raise ValueError("Either a person or a guest writes.")

    @property
    def name(self) -> str:
        """As it stands beside what they wrote, for good."""
        if self.guest is not None:
            return self.guest.name
        return str(self.person.display_name or self.person.username)

    @property
    def audiences(self) -> tuple[Audience, ...]:
        return (Audience.CLIENT,) if self.guest is not None else (Audience.INTERNAL, Audience.CLIENT)

    @property
    def verified_by(self) -> Verification:
        if self.guest is None:
            return Verification.MEMBER
        return Verification.MAIL if self.guest.confirmed_at else Verification.NAME
