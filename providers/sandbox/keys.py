"""Keys the sandbox knows: any that begins `sandbox-`; `sandbox-empty…` has no balance, `sandbox-unlimited…`
no limit of its own, `sandbox-old…` speaks to a build without the page that tells a quota (ElkAPI), and
`sandbox-lengths…` to one that does not find out how long a clip is that it enlarges (Venice)."""

from starlette.requests import Request

from providers.sandbox.sandbox import name_key

_PREFIX = "sandbox-"


def find_key(request: Request) -> str | None:
    """The bearer key, "" if the header holds something else, None without a header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def is_known(key: str | None) -> bool:
    return bool(key) and str(key).startswith(_PREFIX)


def is_empty(key: str) -> bool:
    return key.startswith(f"{_PREFIX}empty")


def is_unlimited(key: str) -> bool:
    return key.startswith(f"{_PREFIX}unlimited")


def is_old(key: str) -> bool:
    return key.startswith(f"{_PREFIX}old")


def must_tell_lengths(key: str) -> bool:
    return key.startswith(f"{_PREFIX}lengths")


__all__ = ["find_key", "is_empty", "is_known", "is_old", "is_unlimited", "must_tell_lengths", "name_key"]
