from .account import BadKey, ProviderAccount, VideoModel, refuse_bad_key
from .allowing import AllowList
from .audit import AuditEvent, audit
from .money import LedgerEntry, Quota, QuotaCounter

__all__ = [
    "AllowList",
    "AuditEvent",
    "BadKey",
    "LedgerEntry",
    "ProviderAccount",
    "Quota",
    "QuotaCounter",
    "VideoModel",
    "audit",
    "refuse_bad_key",
]
