"""The certificates that are trusted, read once a process.

Every ``httpx.Client`` reads them anew otherwise: 10 to 30 ms of processor time, more than the rest of a call.
"""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """httpx's own default without the environment's; OpenSSL lets many connections and threads share it."""
    return httpx.create_ssl_context(trust_env=False)
