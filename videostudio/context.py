"""What every page may show."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from generations.views.frame import rail_of
from generations.watch import watch_of


def studio(request: HttpRequest) -> dict[str, object]:
    """``sandbox_on``: clips are rendered here; ``mail_on``: the studio can send mail; ``rail_projects``:
    the rail of pages outside a project, ``watch``: what of the person's takes is on its way or news; both
    asked for only where a template shows it."""
    return {
        "sandbox_on": settings.SANDBOX,
        "mail_on": settings.MAIL,
        "rail_projects": SimpleLazyObject(lambda: rail_of(request.user)),
        "watch": SimpleLazyObject(lambda: watch_of(request.user)),
    }
