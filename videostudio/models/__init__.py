from .links import Invitation, ResetLink, SetupLink
from .token import SCOPES, ApiToken
from .tries import Tries
from .user import StudioRole, Theme, User

__all__ = [
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
