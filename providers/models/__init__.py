from .account import BadKey, ProviderAccount, VideoModel, refuse_bad_key
from .audit import AuditEvent, audit
from .money import LedgerEntry, Quota, QuotaCounter

__all__ = [
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
