"""`/_sandbox/…`: the bill, the journal and the switches, for people and tests on this machine."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.journal import Journal
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.wire import Json, NotJson, TooLarge, parse_object, read_body
from providers.sandbox.words import list_words

_BODY_BYTES = 64_000
_OWN_NAMES = {"127.0.0.1", "localhost"}


class Control:
    def __init__(self, sandbox: Sandbox, journal: Journal) -> None:
        self.sandbox, self.journal = sandbox, journal

    def build(self) -> list[Route]:
        get = {"bill": self.bill, "requests": self.requests, "health": self.health, "words": self.words}
        post = {"settings": self.settings, "forget": self.forget, "revoke-consent": self.revoke_consent}
        routes = [Route(f"/_sandbox/{name}", call) for name, call in get.items()]
        return routes + [Route(f"/_sandbox/{name}", call, methods=["POST"]) for name, call in post.items()]

    async def health(self, request: Request) -> Response:
        return Json({"ok": True})

    async def words(self, request: Request) -> Response:
        return Json(list_words())

    async def bill(self, request: Request) -> Response:
        return _refuse_strangers(request) or Json(self.sandbox.list_bill())

    async def requests(self, request: Request) -> Response:
        limit = request.query_params.get("limit", "100")
        count = int(limit) if limit.isdigit() else 100
        return _refuse_strangers(request) or Json({"requests": self.journal.list_recent(count)})

    async def settings(self, request: Request) -> Response:
        if refusal := _refuse_strangers(request):
            return refusal
        try:
            self.sandbox.settings.change(await parse_object(await read_body(request, _BODY_BYTES)))
        except (ValueError, TooLarge, NotJson) as error:
            return Json({"error": str(error) or "not a JSON object"}, 422)
        return Json(self.sandbox.settings.show())

    async def forget(self, request: Request) -> Response:
        if refusal := _refuse_strangers(request):
            return refusal
        try:
            asked = await parse_object(await read_body(request, _BODY_BYTES))
        except (TooLarge, NotJson):
            asked = {}
        return Json({"forgotten": self.sandbox.forget(str(asked.get("job_id", "")))})

    async def revoke_consent(self, request: Request) -> Response:
        if refusal := _refuse_strangers(request):
            return refusal
        self.sandbox.revoke_consents()
        return Json({"ok": True})


def _refuse_strangers(request: Request) -> Response | None:
    """Binding to loopback does not keep out web pages: a page sends Origin, a rebound name its own Host."""
    if "origin" in request.headers or request.url.hostname not in _OWN_NAMES:
        return Json({"error": "for this machine's own programs only"}, 403)
    return None
