"""Files about which somebody has taken back what they attested, at whatever gateway."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from generations.models import ConsentedFile

WORDS = _("Somebody has withdrawn their consent about this file: what it is registered as is not used.")


def among(hashes: Collection[str], *, sandbox: bool) -> frozenset[str]:
    """Those of them about which a person withdrew, and has attested to nothing since; what was attested to a
    sandbox counts for sandboxes alone."""
    return frozenset(_ended(hashes, sandbox).values_list("sha256", flat=True)) if hashes else frozenset()


def none_of(hashes: Collection[str], *, sandbox: bool) -> Q:
    """The same as the guard of a write."""
    return ~Q(Exists(_ended(hashes, sandbox))) if hashes else Q()


def _ended(hashes: Collection[str], sandbox: bool) -> QuerySet[ConsentedFile]:
    lines = ConsentedFile.objects.filter(record__account__sandbox=sandbox)
    theirs = Q(sha256=OuterRef("sha256"), record__user=OuterRef("record__user"))
    live = lines.filter(theirs, record__withdrawn_at=None)
    return lines.filter(~Exists(live), sha256__in=list(hashes))
