from .links import Invitation, ResetLink, SetupLink
from .token import ASKED_SCOPES, SCOPES, ApiToken
from .tries import Tries
from .user import StudioRole, Theme, User

__all__ = [
    "ASKED_SCOPES",
    "SCOPES",
    "ApiToken",
    "Invitation",
    "ResetLink",
    "SetupLink",
    "StudioRole",
    "Theme",
    "Tries",
    "User",
]
