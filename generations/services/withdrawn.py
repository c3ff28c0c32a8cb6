"""Files about which somebody has taken back what they attested, at whatever gateway."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from generations.models import ConsentedFile

WORDS = _("Somebody has withdrawn their consent about this file: what it is registered as is not used.")


def among(hashes: Collection[str]) -> frozenset[str]:
    """Those of them about which a person withdrew, and has attested to nothing since."""
    if not hashes:
        return frozenset()
    lines = ConsentedFile.objects.filter(sha256__in=hashes)
    told = lines.values_list("sha256", "record__user_id", "record__withdrawn_at")
    live = {(sha256, user) for sha256, user, ended in told if ended is None}
    return frozenset(sha256 for sha256, user, ended in told if ended and (sha256, user) not in live)
