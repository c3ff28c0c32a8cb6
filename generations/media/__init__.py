"""Everything that opens media bytes. No Django here, and no decoder outside the helper process."""

from .edits import Edit
from .facts import DerivedFile, Kind, MediaBusy, MediaFacts, MediaToolError, NotMedia, TooHeavy, Unplayable
from .run import bare, derive, edit, examine, faces, probe, resound, review, thumb, wave
from .sniff import ACCEPTED, HEAD_BYTES, SUFFIXES, Sniffed, sniff, sniff_file, sniff_upload

__all__ = [
    "ACCEPTED",
    "HEAD_BYTES",
    "SUFFIXES",
    "DerivedFile",
    "Edit",
    "Kind",
    "MediaBusy",
    "MediaFacts",
    "MediaToolError",
    "NotMedia",
    "Sniffed",
    "TooHeavy",
    "Unplayable",
    "bare",
    "derive",
    "edit",
    "examine",
    "faces",
    "probe",
    "resound",
    "review",
    "sniff",
    "sniff_file",
    "sniff_upload",
    "thumb",
    "wave",
]
