"""Queue doors of this app."""

from generations.services import lease

from . import people
from .models import User


def beat(cluster: str) -> None:
    """Enqueued by the supervisor: that it ran is the proof that its cluster works."""
    lease.beat(cluster)


def mail_reset_link(user_id: str) -> None:
    user = User.objects.active().filter(pk=user_id).first()
    if user:
        people.mail_reset_link(user)
