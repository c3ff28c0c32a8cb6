"""What happens to every request: trusted proxies, deny by default, age of sessions, no-store."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.utils.translation import gettext_lazy as _

from providers import whence

Next = Callable[[HttpRequest], HttpResponseBase]
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
)
TOUCH_S = 3600  # how often a session in use is written anew
OWN_DOORS = ("/api/",)  # these authenticate by themselves and answer 401 in their own shape


class TrustedProxies:
    """Forwarded addresses count only from configured proxies; from anybody else they are dropped."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if self.trusts(meta.get("REMOTE_ADDR", "")):
            meta["REMOTE_ADDR"] = self.client(meta)
            forget = FORWARDED[2:]
        else:
            forget = FORWARDED
        for name in forget:
            meta.pop(name, None)
        return self.get_response(request)

    def trusts(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in settings.TRUSTED_PROXIES)

    def client(self, meta: dict[str, Any]) -> str:
        """The last forwarded address that is no trusted proxy; what stands before it could be invented."""
        hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        for hop in reversed(hops):
            if not self.trusts(hop):
                return hop if _is_address(hop) else str(meta["REMOTE_ADDR"])
        return str(meta["REMOTE_ADDR"])


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class Whence:
    """What is done in this request is written down with the caller's address."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with whence.of(str(request.META.get("REMOTE_ADDR", ""))):
            return self.get_response(request)


class NoStore:
    """Pages are not kept by browsers or proxies, unless the view says otherwise (media do)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class CompressedPages(GZipMiddleware):
    """Pages and JSON go out compressed; media and downloads never, whose ranges and lengths must stay. Each
    answer is padded by a random length, so that its size tells nothing of a secret in it (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in ("text/html", "application/json"):
            return response
        return super().process_response(request, response)


class NoNulInPath:
    """Nothing has such an address, and PostgreSQL would answer the question for it with an error."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)


class ApiErrors:
    """Below /api/v1/ every error is JSON in one shape, also one that no API view made."""

    SAID = {
        400: ("bad_request", _("The request cannot be read.")),
        404: ("not_found", _("There is nothing here.")),
        405: ("method_not_allowed", _("This address does not take that method.")),
        413: ("too_large", _("The request is too large.")),
        500: ("internal", _("Something went wrong in the studio; it has been noted.")),
    }

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code < 400 or told or not request.path.startswith("/api/v1/"):
            return response
        if response.status_code == 416:  # a part that the file does not have; the header says its size
            return response
        code, message = self.SAID.get(response.status_code, ("error", _("The request was refused.")))
        error = {"error": {"code": code, "message": str(message)}}
        answer = JsonResponse(error, status=response.status_code)
        if allow := response.headers.get("Allow"):
            answer.headers["Allow"] = allow
        return answer


class SessionLimits:
    """Idle sessions end by their cookie's age, and every session ends SESSION_ABSOLUTE_S after sign-in."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.judge(request, time.time())
        return self.get_response(request)

    def judge(self, request: HttpRequest, now: float) -> None:
        began = request.session.get("began_at")
        if began is None or now - request.session.get("seen_at", 0) > TOUCH_S:
            request.session.update({"began_at": began or now, "seen_at": now})
        if began is not None and now - began > settings.SESSION_ABSOLUTE_S:
            logout(request)


class BodyLimit:
    """A body longer than any that is taken is refused before a byte of it is read: the parts of a form are
    written to disk before a view is asked, a stranger's too. The API reads no body before it knows who calls.
    """

    STRANGER_BYTES = 1_000_000
    BESIDE_BYTES = 1_000_000  # what a form may hold beside its largest file

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self.length(request) > self.most(request):
            return HttpResponse(_("This is too large to be sent."), status=413, content_type="text/plain")
        return self.get_response(request)

    def length(self, request: HttpRequest) -> int:
        told = str(request.META.get("CONTENT_LENGTH") or "0")
        return int(told) if told.isascii() and told.isdigit() else 0

    def most(self, request: HttpRequest) -> int:
        if not request.path.startswith(OWN_DOORS) and not request.user.is_authenticated:
            return self.STRANGER_BYTES
        return int(settings.STUDIO["MAX_CLIP_BYTES"]) + self.BESIDE_BYTES


class SignedIn(LoginRequiredMiddleware):
    """Every view needs a signed-in person unless it says ``@login_not_required``. htmx is sent to the
    sign-in page as a whole, or the form would land inside a fragment."""

    def process_view(self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        if request.path.startswith(OWN_DOORS):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        response = super().handle_no_permission(request, view_func)
        if not getattr(request, "htmx", False):
            return response
        return HttpResponse(status=401, headers={"HX-Redirect": response.url})
