"""Opaque ids that sort by time of creation."""

import uuid
from datetime import datetime

import uuid6


def new_id() -> uuid.UUID:
    """A UUIDv7: random enough to name a row in an address, ordered so that indexes stay compact."""
    return uuid.UUID(bytes=uuid6.uuid7().bytes)


def first_id(at: datetime) -> uuid.UUID:
    """The lowest id that anything made at this moment or later has: its first 48 bits are milliseconds."""
    return uuid.UUID(int=max(int(at.timestamp() * 1000), 0) << 80)
