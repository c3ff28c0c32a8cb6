"""Everything that opens media bytes. No Django here, and no decoder outside the helper process."""

from .facts import DerivedFile, Kind, MediaFacts, MediaToolError, NotMedia, TooHeavy, Unplayable
from .run import derive, probe, resound, shrink, thumb
from .sniff import HEAD_BYTES, SUFFIXES, Sniffed, sniff, sniff_file

__all__ = [
    "HEAD_BYTES",
    "SUFFIXES",
    "DerivedFile",
    "Kind",
    "MediaFacts",
    "MediaToolError",
    "NotMedia",
    "Sniffed",
    "TooHeavy",
    "Unplayable",
    "derive",
    "probe",
    "resound",
    "shrink",
    "sniff",
    "sniff_file",
    "thumb",
]
