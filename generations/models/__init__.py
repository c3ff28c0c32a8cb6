from .asset import Asset, AssetTag
from .character import Character, CharacterFile
from .consent import ConsentedFile, ConsentRecord
from .cost import CostLookUp
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
    Output,
    Status,
)
from .link import InputLink
from .liveness import Heartbeat, SweepLease
from .project import MAY, Client, Membership, Project, Role, Verb
from .prompt import PastPrompt, SavedPrompt
from .registration import Registration
from .upload import Upload
from .watching import Digest, Watching, Which

__all__ = [
    "AT_THE_GATEWAY",
    "FINAL",
    "IN_FLIGHT",
    "MAY",
    "WAITS_FOR_A_PERSON",
    "Asset",
    "Character",
    "CharacterFile",
    "AssetTag",
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
    "Membership",
    "Output",
    "PastPrompt",
    "Project",
    "Registration",
    "Role",
    "SavedPrompt",
    "Status",
    "SweepLease",
    "Upload",
    "Verb",
    "Watching",
    "Which",
]
