from .account import ProviderAccount, VideoModel
from .audit import AuditEvent, audit
from .money import LedgerEntry, Quota, QuotaCounter

__all__ = [
    "AuditEvent",
    "LedgerEntry",
    "ProviderAccount",
    "Quota",
    "QuotaCounter",
    "VideoModel",
    "audit",
]
