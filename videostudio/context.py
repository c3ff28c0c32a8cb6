"""What every page may show."""

from django.conf import settings
from django.http import HttpRequest


def studio(request: HttpRequest) -> dict[str, object]:
    """``sandbox_on``: clips are rendered here; ``mail_on``: the studio can send mail."""
    return {"sandbox_on": settings.SANDBOX, "mail_on": settings.MAIL}
