"""The one-time key of a form that costs money: whatever is clicked, and lost on the way, is made once."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from generations.models import IdempotencyKey
from providers.gateways.plain import keepable_text

MADE_BEFORE = _("The click before has made its takes already. Click again to make these as well.")


def posted_key(request: HttpRequest) -> str:
    return keepable_text(request.POST.get("idempotency_key", "").strip()[:100])


def key_for(request: HttpRequest, kind: str) -> str:
    """The key that the form came with until it has made something, then a fresh one: an answer that the
    page never got to see must not let the next click pay again.

    :param kind: what its keys begin with in the table.
    """
    posted = posted_key(request)
    used = posted and IdempotencyKey.objects.filter(user=request.user, key=f"{kind}-{posted}").exists()
    return posted if posted and not used else uuid4().hex
