from .asset import Asset
from .consent import ConsentedFile, ConsentRecord
from .cost import CostLookUp
from .draft import Draft
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
from .liveness import Heartbeat, SweepLease
from .project import MAY, Client, Membership, Project, Role, Verb
from .prompt import PastPrompt, SavedPrompt

__all__ = [
    "AT_THE_GATEWAY",
    "FINAL",
    "IN_FLIGHT",
    "MAY",
    "WAITS_FOR_A_PERSON",
    "Asset",
    "Client",
    "ConsentRecord",
    "ConsentedFile",
    "CostLookUp",
    "Draft",
    "Event",
    "Generation",
    "GenerationInput",
    "GenerationQuerySet",
    "Heartbeat",
    "IdempotencyKey",
    "Membership",
    "Output",
    "PastPrompt",
    "Project",
    "Role",
    "SavedPrompt",
    "Status",
    "SweepLease",
    "Verb",
]
