"""The words of a limit that said no, and where more of it is asked for."""

from __future__ import annotations

from django.urls import reverse

from providers.quotas import QuotaExceeded


class AtLimit(str):
    """A sentence like any other; pages that know of ``more_url`` put a link behind it."""

    more_url = ""

    @classmethod
    def of(cls, error: QuotaExceeded) -> AtLimit:
        made = cls(error.sentence())
        if error.left is not None:  # more of it is no help where the price or the length is not known
            made.more_url = reverse("limit-ask", args=[error.quota.pk])
        return made
