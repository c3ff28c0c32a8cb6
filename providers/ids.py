"""Opaque ids that sort by time of creation."""

import uuid

import uuid6


def new_id() -> uuid.UUID:
    """A UUIDv7: random enough to name a row in an address, ordered so that indexes stay compact."""
    return uuid.UUID(bytes=uuid6.uuid7().bytes)
