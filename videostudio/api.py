"""The one NinjaAPI: routers are mounted here, every error leaves in the same shape.

``{"error": {"code", "message", "field"?, "allowed"?}}``
"""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from .auth import SessionAuth, TokenAuth

api = NinjaAPI(
    title="Video Studio",
    version="1",
    urls_namespace="api",
    docs_url="/docs",
    auth=[TokenAuth(), SessionAuth()],
)


def problem(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    return api.create_response(request, {"error": {"code": code, "message": message}}, status=status)


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, error: Exception) -> HttpResponse:
    message = _("Sign in, or send a valid API token as Authorization: Bearer vs_…")
    return problem(request, 401, "unauthorized", message)
