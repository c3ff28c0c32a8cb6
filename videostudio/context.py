"""What every page may show."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from generations.keys import KeyTable
from generations.views.frame import rail_assets, rail_of
from generations.watch import not_asked_yet


def studio(request: HttpRequest) -> dict[str, object]:
    """``sandbox_on``: clips are rendered here; ``mail_on``: the studio can send mail; ``rail_projects``:
    the rail of pages outside a project, asked for only where a template shows it; ``watch``: the header's
    counts, which its script asks for; ``keys``: as this person has them."""
    person = getattr(request, "user", None)  # a page that no middleware let through has none
    return {
        "sandbox_on": settings.SANDBOX,
        "mail_on": settings.MAIL,
        "keys": SimpleLazyObject(lambda: KeyTable(getattr(person, "keys", None) or {})),
        "rail_projects": SimpleLazyObject(lambda: rail_of(request.user)),
        "watch": SimpleLazyObject(lambda: not_asked_yet(request.user)),
        "rail_assets": SimpleLazyObject(rail_assets),
    }
