"""The one NinjaAPI: routers are mounted here, every error leaves in the same shape.

``{"error": {"code", "message", "field"?, "allowed"?}}``; what never reaches the API (an unknown address,
a wrong method, a fault of ours) is put into that shape by ``middleware.ApiErrors``.
"""

from typing import Any

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.views import openapi_json

from generations.api import ROUTERS
from generations.api.errors import ApiError, not_found
from generations.api.errors import price_moved as moved
from generations.media import MediaToolError
from generations.services.assets import UploadRefused
from generations.services.compose import Refused
from generations.services.consent import NotAttested
from generations.services.create import KeyReused, PriceMoved
from generations.services.decide import WrongState
from generations.services.refusals import NotAllowed
from providers.periods import next_start
from providers.quotas import QuotaExceeded

from .auth import SessionAuth, TokenAuth, needs


def documented(view: Any) -> Any:
    """The page is for signed-in people; its own stylesheet draws its arrows as data: pictures. The schema
    is for programs: they sign in as everywhere in the API, and are told so in JSON."""
    if view.func is openapi_json:
        return schema_for_callers(view)
    return login_required(csp_update({"img-src": ["data:"]})(view))


def schema_for_callers(view: Any) -> Any:
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            known = any(way(request) for way in needs("read"))
        except HttpError as error:
            return api.on_exception(request, error)
        if not known:
            return api.on_exception(request, AuthenticationError())
        answer: HttpResponse = view(request, **kwargs)
        return answer

    return guarded


api = NinjaAPI(
    title="Video Studio API",
    version="1",
    description="Send an API token as `Authorization: Bearer vs_…`, or use your session with its CSRF token. "
    'Money is in US dollars, as text. Every error is `{"error": {code, message, field?, allowed?}}`. '
    "One take from a terminal: `POST /api/v1/generations`, then `GET` its `links.self` until `status` is "
    "`completed`, then `GET …/content`; with curl in the studio's `docs/api.md`.",
    urls_namespace="api",
    docs_url="/docs",
    docs_decorator=documented,
    auth=[TokenAuth(), SessionAuth()],
)
for _prefix, _router, _scope in ROUTERS:
    api.add_router(f"/v1{_prefix}", _router, auth=needs(_scope))

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    429: "too_many_requests",
}


def answer(request: HttpRequest, error: ApiError) -> HttpResponse:
    return api.create_response(request, error.plain(), status=error.status)


@api.exception_handler(ApiError)
def told(request: HttpRequest, error: ApiError) -> HttpResponse:
    return answer(request, error)


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, error: Exception) -> HttpResponse:
    message = _("Sign in, or send a valid API token as Authorization: Bearer vs_…")
    return answer(request, ApiError(401, "unauthorized", message))


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = CODES.get(error.status_code, "error")
    return answer(request, ApiError(error.status_code, code, error.message))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer(request, not_found())


@api.exception_handler(ValidationError)
def wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first thing that is wrong stands in front, all of them under ``problems``."""
    problems = [_shape_problem(item) for item in error.errors]
    return answer(request, _with_problems(problems))


def _shape_problem(item: dict[str, Any]) -> dict[str, Any]:
    """Where: ``duration_s`` or ``inputs.0.role``, without the name of the parameter that is the body."""
    place = list(item["loc"])
    if place[0] == "body":
        place = place[2:] or ["body"]
    elif place[0] in ("query", "path", "header", "form", "file"):
        place = place[1:]
    found = {"field": ".".join(str(part) for part in place), "message": str(item["msg"]), "allowed": []}
    if item["type"] in ("enum", "literal_error"):
        words = str(item.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
        found["allowed"] = [word.strip().strip("'") for word in words.split(",") if word.strip()]
    return found


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    problems = [
        {"field": str(item.field), "message": item.message, "allowed": list(item.allowed)}
        for item in error.problems
    ]
    return answer(request, _with_problems(problems))


def _with_problems(problems: list[dict[str, Any]]) -> ApiError:
    return ApiError(422, "invalid_request", **problems[0], problems=problems)


@api.exception_handler(UploadRefused)
def bad_file(request: HttpRequest, error: UploadRefused) -> HttpResponse:
    status = {"no_room": 507, "busy": 503}.get(error.code, 422)
    code = error.code if status != 422 else f"file_{error.code}"
    return answer(request, ApiError(status, code, error.message, field="file", allowed=error.allowed))


@api.exception_handler(MediaToolError)
def tool_broke(request: HttpRequest, error: MediaToolError) -> HttpResponse:
    return answer(request, ApiError(500, "internal", _("The file could not be looked at; try again.")))


@api.exception_handler(NotAttested)
def not_attested(request: HttpRequest, error: NotAttested) -> HttpResponse:
    return answer(request, ApiError(422, "not_attested", str(error), field="ticks"))


@api.exception_handler(NotAllowed)
def not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return answer(request, ApiError(403, "not_allowed", str(error)))


@api.exception_handler(KeyReused)
def key_reused(request: HttpRequest, error: KeyReused) -> HttpResponse:
    return answer(request, ApiError(409, "idempotency_key_reused", str(error), field="Idempotency-Key"))


@api.exception_handler(WrongState)
def wrong_state(request: HttpRequest, error: WrongState) -> HttpResponse:
    return answer(request, ApiError(409, "wrong_state", str(error)))


@api.exception_handler(PriceMoved)
def price_moved(request: HttpRequest, error: PriceMoved) -> HttpResponse:
    return answer(request, moved(str(error), error.quote.amount_usd, field="shown"))


@api.exception_handler(QuotaExceeded)
def quota(request: HttpRequest, error: QuotaExceeded) -> HttpResponse:
    """Names the limit that tripped; nothing was made."""
    limit, anew = error.quota, next_start(error.quota)
    more = {name: getattr(limit, name) for name in ("scope", "measure", "period", "time_zone")}
    told = {"left": error.left, "used": error.used}
    more |= {name: None if value is None else f"{max(value, 0):f}" for name, value in told.items()}
    more |= {"resets_at": anew.isoformat() if anew else None}
    more |= {"limit_id": str(limit.pk), "limit": f"{limit.limit:f}"}
    return answer(request, ApiError(429, "quota_exceeded", error.sentence(), **more))
