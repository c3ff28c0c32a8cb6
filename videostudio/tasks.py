"""Queue doors of this app."""

from .liveness import beat as beat_now


def beat(cluster: str) -> None:
    """Enqueued by the supervisor: that it ran is the proof that its cluster works."""
    beat_now(cluster)
