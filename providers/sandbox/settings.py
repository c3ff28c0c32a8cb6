"""What can be set at start and, for tests, changed while the sandbox runs."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from providers.sandbox.words import KNOWN


@dataclass
class Settings:
    data_dir: Path
    origin: str = ""
    render: bool = True
    rough: bool = False
    job_s: float = 6.0
    link_s: float = 3600.0
    limits: bool = False
    faults: list[str] = field(default_factory=list)  # words every new job gets without asking

    CHANGEABLE = ("job_s", "link_s", "limits", "faults")

    def change(self, values: dict[str, Any]) -> None:
        """Raises ValueError with a sentence on anything that cannot be set."""
        for name, value in values.items():
            setattr(self, name, _check(name, value))

    def show(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name in self.CHANGEABLE}


def _check(name: str, value: Any) -> Any:
    if name in {"job_s", "link_s"} and isinstance(value, int | float) and 0 <= value < 1e7:
        return float(value)
    if name == "limits" and isinstance(value, bool):
        return value
    if name == "faults" and isinstance(value, list) and set(value) <= KNOWN:
        return value
    raise ValueError(f"{name} cannot be set to {value!r}")
