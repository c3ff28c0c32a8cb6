"""Queue doors of this app."""

from generations.services import lease


def beat(cluster: str) -> None:
    """Enqueued by the supervisor: that it ran is the proof that its cluster works."""
    lease.beat(cluster)
