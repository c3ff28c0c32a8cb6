from .account import BadKey, ProviderAccount, VideoModel, refuse_bad_key
from .allowing import AllowList
from .audit import AuditCheck, AuditEvent, audit, audit_change
from .former_key import FormerKey
from .model_change import ModelChange
from .money import LedgerEntry, Quota, QuotaCounter

__all__ = [
    "AllowList",
    "AuditCheck",
    "AuditEvent",
    "BadKey",
    "FormerKey",
    "LedgerEntry",
    "ModelChange",
    "ProviderAccount",
    "Quota",
    "QuotaCounter",
    "VideoModel",
    "audit",
    "audit_change",
    "refuse_bad_key",
]
