from .alert import Alert, AlertKind
from .asset import Asset, AssetTag
from .character import Character, CharacterFile
from .comment import Audience, Comment, CommentEdit, Mention
from .consent import ConsentedFile, ConsentRecord
from .cost import CostLookUp
from .culling import Change, Rating, SavedView, Tag, Tagging
from .decision import Decision, SignOff, SignOffWithdrawal, Verification
from .draft import Draft
from .favourite import FavouriteModel
from .generation import (
    AT_THE_GATEWAY,
    FINAL,
    IN_FLIGHT,
    WAITS_FOR_A_PERSON,
    Event,
    Generation,
    GenerationInput,
    GenerationQuerySet,
    IdempotencyKey,
    Mark,
    Output,
    Review,
    Status,
)
from .limit_request import LimitRequest
from .link import InputLink
from .liveness import Heartbeat, SweepLease
from .notification import Notification
from .project import MAY, Client, Membership, Project, Role, Verb
from .prompt import PastPrompt, SavedPrompt
from .registration import Registration
from .rewording import Rewording
from .share import Guest, GuestCopy, GuestTry, ShareItem, ShareLink
from .shot import Shot
from .stack import Stack
from .upload import Upload
from .watching import Digest, Watching, Which
from .webhook import WEBHOOK_KINDS, EventKind, Webhook, WebhookDelivery
from .words import TakeWords

__all__ = [
    "Alert",
    "AlertKind",
    "EventKind",
    "WEBHOOK_KINDS",
    "Webhook",
    "WebhookDelivery",
    "Audience",
    "Comment",
    "CommentEdit",
    "Mention",
    "Decision",
    "SignOff",
    "SignOffWithdrawal",
    "Verification",
    "Review",
    "LimitRequest",
    "Notification",
    "Guest",
    "GuestCopy",
    "GuestTry",
    "ShareItem",
    "ShareLink",
    "AT_THE_GATEWAY",
    "FINAL",
    "IN_FLIGHT",
    "MAY",
    "WAITS_FOR_A_PERSON",
    "Asset",
    "AssetTag",
    "Change",
    "Character",
    "CharacterFile",
    "Client",
    "ConsentRecord",
    "ConsentedFile",
    "CostLookUp",
    "Digest",
    "Draft",
    "Event",
    "FavouriteModel",
    "Generation",
    "GenerationInput",
    "GenerationQuerySet",
    "Heartbeat",
    "IdempotencyKey",
    "InputLink",
    "Mark",
    "Membership",
    "Output",
    "PastPrompt",
    "Project",
    "Rating",
    "Registration",
    "Role",
    "SavedPrompt",
    "SavedView",
    "Rewording",
    "Shot",
    "Stack",
    "Status",
    "SweepLease",
    "Tag",
    "Tagging",
    "TakeWords",
    "Upload",
    "Verb",
    "Watching",
    "Which",
]
