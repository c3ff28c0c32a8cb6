"""Deny by default: one table names route x role x expected code. A new route without a line fails.

Columns: nobody signed in, a stranger to the project, a viewer of it, an administrator with a fresh password.
What a form lacks is 422; what the take's state forbids is 409.
"""

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

SELF_GUARDED = ("admin/", "api/")  # the admin's own views and the API have tests of their own

# route: (method, nobody, stranger, viewer, administrator)
TABLE: dict[str, tuple[str, int, int, int, int]] = {
    "": ("GET", 302, 200, 200, 200),
    "b/<uuid:pk>": ("GET", 302, 404, 200, 200),
    "b/<uuid:pk>/live": ("GET", 302, 404, 200, 200),
    "a/<uuid:pk>": ("GET", 302, 404, 200, 200),
    "a/<uuid:pk>/derive": ("POST", 302, 404, 403, 302),
    "a/<uuid:pk>/ways": ("GET", 302, 404, 403, 200),
    "a/<uuid:pk>/edit": ("POST", 302, 404, 403, 422),
    "a/<uuid:pk>/restore": ("POST", 302, 404, 403, 302),
    "a/<uuid:pk>/share": ("POST", 302, 404, 302, 302),  # a producer, in a project that they see
    "a/<uuid:pk>/use": ("POST", 302, 404, 403, 302),
    "a/<uuid:pk>/strip": ("GET", 302, 404, 404, 404),
    "a/<uuid:pk>/trash": ("POST", 302, 404, 403, 302),
    "a/<uuid:pk>/unshare": ("POST", 302, 404, 302, 302),
    "assets": ("GET", 302, 200, 200, 200),
    "assets/many": ("POST", 302, 302, 302, 302),  # says what is wrong where it came from
    "assets/undo/<str:key>": ("POST", 302, 302, 302, 302),  # nobody's key: said there too
    "p/<str:slug>/assets": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/assets/add": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/assets/pick": ("GET", 302, 404, 403, 404),
    "a/<uuid:pk>/register/stop": ("POST", 302, 404, 403, 302),
    "a/<uuid:pk>/register": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/assets/put": ("POST", 302, 404, 403, 422),
    "a/<uuid:pk>/file": ("GET", 302, 404, 200, 200),
    "a/<uuid:pk>/face": ("GET", 302, 404, 200, 200),
    "a/<uuid:pk>/thumb": ("GET", 302, 404, 404, 404),
    "c/<uuid:pk>/thumb/<uuid:asset_id>": ("GET", 302, 404, 404, 404),
    "hooks/<str:token>": ("POST", 200, 200, 200, 200),
    "i/<str:token>/<str:name>": ("GET", 404, 404, 404, 404),
    "p/<str:slug>/": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/a/<uuid:pk>/fix": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/a/<uuid:pk>/original": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/a/<uuid:pk>/ways": ("POST", 302, 404, 403, 404),
    "p/<str:slug>/archive": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/characters": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/characters/<uuid:pk>": ("GET", 302, 404, 403, 404),
    "p/<str:slug>/characters/<uuid:pk>/archive": ("POST", 302, 404, 403, 404),
    "p/<str:slug>/characters/new": ("GET", 302, 404, 403, 200),
    "p/<str:slug>/composer": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/composer/draft": ("POST", 302, 404, 403, 200),
    "p/<str:slug>/composer/draft/aside": ("POST", 302, 404, 403, 204),
    "p/<str:slug>/composer/draft/mine": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/composer/draft/theirs": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/composer/draft/undo": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/composer/recipe": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/composer/price": ("POST", 302, 404, 403, 200),
    "p/<str:slug>/feed": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/generate": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/gallery": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/gallery/act": ("POST", 302, 404, 302, 302),  # says what is wrong where it came from
    "p/<str:slug>/gallery/undo": ("POST", 302, 404, 302, 302),
    "p/<str:slug>/pick-shot": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/gallery/notes": ("POST", 302, 404, 422, 422),
    "p/<str:slug>/gallery/download": ("POST", 302, 404, 302, 302),
    "p/<str:slug>/views": ("POST", 302, 404, 302, 302),
    "p/<str:slug>/shares": ("GET", 302, 404, 403, 200),
    "p/<str:slug>/shares/new": ("GET", 302, 404, 403, 200),
    "p/<str:slug>/shares/add": ("POST", 302, 404, 403, 404),  # to no link
    "shares/<uuid:pk>/takes": ("POST", 302, 404, 404, 404),
    "shares/<uuid:pk>": ("GET", 302, 404, 404, 404),
    "shares/<uuid:pk>/renew": ("POST", 302, 404, 404, 404),
    "shares/<uuid:pk>/revoke": ("POST", 302, 404, 404, 404),
    "shares/<uuid:pk>/preview": ("GET", 302, 404, 404, 404),
    "shares/<uuid:pk>/preview/<share_key:key>": ("GET", 302, 404, 404, 404),
    "shares/<uuid:pk>/preview/<share_key:key>/live": ("GET", 302, 404, 404, 404),
    "shares/<uuid:pk>/preview/<share_key:key>/download": ("GET", 302, 404, 404, 404),
    "shares/<uuid:pk>/preview/<share_key:key>/<guest_file:kind>": ("GET", 302, 404, 404, 404),
    "shares/<uuid:pk>/preview/<share_key:key>/notes/<share_key:note>/drawing": ("GET", 302, 404, 404, 404),
    "s/<str:token>": ("GET", 404, 404, 404, 404),
    "s/<str:token>/who": ("GET", 404, 404, 404, 404),
    "s/<str:token>/<share_key:key>": ("GET", 404, 404, 404, 404),
    "s/<str:token>/<share_key:key>/live": ("GET", 404, 404, 404, 404),
    "s/<str:token>/<share_key:key>/notes": ("POST", 404, 404, 404, 404),
    "s/<str:token>/<share_key:key>/notes/take-back": ("POST", 404, 404, 404, 404),
    "s/<str:token>/<share_key:key>/notes/<share_key:note>/drawing": ("GET", 404, 404, 404, 404),
    "s/<str:token>/<share_key:key>/decide": ("POST", 404, 404, 404, 404),
    "s/<str:token>/<share_key:key>/download": ("GET", 404, 404, 404, 404),
    "s/<str:token>/<share_key:key>/<guest_file:kind>": ("GET", 404, 404, 404, 404),
    "s/<path:rest>": ("GET", 404, 404, 404, 404),
    "views/<uuid:pk>": ("POST", 302, 404, 404, 404),
    "p/<str:slug>/compare": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/matrix": ("GET", 302, 404, 403, 200),
    "p/<str:slug>/matrix/plan": ("POST", 302, 404, 403, 200),
    "p/<str:slug>/matrix/generate": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/links": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/links/<uuid:pk>": ("GET", 302, 404, 403, 404),
    "p/<str:slug>/members": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/members/<uuid:pk>/remove": ("POST", 302, 404, 403, 404),
    "p/<str:slug>/members/<uuid:pk>/role": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/members/add": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/members/invitations/<int:pk>/withdraw": ("POST", 302, 404, 403, 404),
    "p/<str:slug>/members/invite": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/models": ("POST", 302, 404, 403, 200),
    "p/<str:slug>/models/compare": ("POST", 302, 404, 403, 422),
    "models/<uuid:pk>/favourite": ("POST", 302, 404, 404, 404),
    "p/<str:slug>/prompts": ("GET", 302, 404, 403, 200),
    "p/<str:slug>/prompts/<uuid:pk>/delete": ("POST", 302, 404, 403, 404),
    "p/<str:slug>/prompts/past": ("GET", 302, 404, 403, 200),
    "p/<str:slug>/prompts/past/<uuid:pk>/forget": ("POST", 302, 404, 403, 404),
    "p/<str:slug>/prompts/save": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/settings": ("GET", 302, 404, 403, 200),
    "p/<str:slug>/upload": ("POST", 302, 404, 403, 422),
    "p/new": ("GET", 302, 403, 403, 200),
    "t/<uuid:pk>": ("GET", 302, 404, 200, 200),
    "t/<uuid:pk>/<output_kind:kind>": ("GET", 302, 404, 404, 404),
    "t/<uuid:pk>/cancel": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/choose": ("POST", 302, 404, 409, 409),
    "t/<uuid:pk>/consent": ("GET", 302, 404, 302, 302),
    "t/<uuid:pk>/consent/price": ("GET", 302, 404, 403, 204),
    "t/<uuid:pk>/download/<output_kind:kind>": ("GET", 302, 404, 404, 404),
    "p/<str:slug>/review": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/review/live": ("GET", 302, 404, 200, 200),
    "t/<uuid:pk>/decision": ("POST", 302, 404, 422, 422),
    "t/<uuid:pk>/decision/<uuid:line>/back": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/review": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/review/end": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/fix/<uuid:note>": ("POST", 302, 404, 403, 302),
    "t/<uuid:pk>/fixed": ("POST", 302, 404, 403, 404),
    "t/<uuid:pk>/sign-off": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/sign-off/<uuid:signed>": ("GET", 302, 404, 404, 404),
    "t/<uuid:pk>/sign-off/<uuid:signed>/json": ("GET", 302, 404, 404, 404),
    "t/<uuid:pk>/sign-off/<uuid:signed>/withdraw": ("POST", 302, 404, 404, 404),
    "t/<uuid:pk>/edit": ("POST", 302, 404, 403, 302),
    "t/<uuid:pk>/extend": ("POST", 302, 404, 403, 422),
    "t/<uuid:pk>/upscale": ("POST", 302, 404, 403, 422),
    "t/<uuid:pk>/menu": ("GET", 302, 404, 200, 200),
    "t/<uuid:pk>/use": ("POST", 302, 404, 403, 422),
    "t/<uuid:pk>/live": ("GET", 302, 404, 200, 200),
    "t/<uuid:pk>/elsewhere": ("GET", 302, 404, 403, 200),
    "t/<uuid:pk>/price": ("GET", 302, 404, 403, 200),
    "t/<uuid:pk>/move": ("POST", 302, 404, 403, 403),
    "t/<uuid:pk>/pause": ("POST", 302, 404, 403, 403),
    "t/<uuid:pk>/unpause": ("POST", 302, 404, 403, 409),
    "queue": ("GET", 302, 200, 200, 200),
    "queue/live": ("GET", 302, 200, 200, 200),
    "queue/pause": ("POST", 302, 302, 302, 302),
    "queue/unpause": ("POST", 302, 302, 302, 302),
    "spend": ("GET", 302, 403, 200, 200),  # the viewer is a producer
    "spend/table.csv": ("GET", 302, 403, 200, 200),
    "spend/lines.csv": ("GET", 302, 403, 200, 200),
    "spend/takes": ("GET", 302, 403, 200, 200),
    "spend/takes/<uuid:pk>": ("GET", 302, 403, 404, 404),
    "spend/statement": ("GET", 302, 403, 200, 200),
    "spend/reconcile": ("GET", 302, 403, 200, 200),
    "watch": ("GET", 302, 200, 200, 200),
    "news": ("GET", 302, 200, 200, 200),
    "news/seen": ("POST", 302, 200, 200, 200),
    "news/read": ("POST", 302, 302, 302, 302),
    "me/watching": ("POST", 302, 422, 422, 422),
    "t/<uuid:pk>/notes": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/notes/file": ("GET", 302, 404, 200, 200),  # says what there is to choose
    "t/<uuid:pk>/notes/<uuid:note>/delete": ("POST", 302, 404, 404, 404),
    "t/<uuid:pk>/notes/<uuid:note>/drawing": ("GET", 302, 404, 404, 404),
    "t/<uuid:pk>/notes/<uuid:note>/edit": ("POST", 302, 404, 404, 404),
    "t/<uuid:pk>/notes/<uuid:note>/reopen": ("POST", 302, 404, 404, 404),
    "t/<uuid:pk>/notes/<uuid:note>/resolve": ("POST", 302, 404, 404, 404),
    "t/<uuid:pk>/notes/<uuid:note>/tick": ("POST", 302, 404, 404, 404),
    "t/<uuid:pk>/recipe": ("GET", 302, 404, 200, 200),
    "t/<uuid:pk>/resolve": ("POST", 302, 404, 403, 422),
    "t/<uuid:pk>/restore": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/resume": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/retry": ("POST", 302, 404, 403, 409),
    "t/<uuid:pk>/trash": ("POST", 302, 404, 403, 302),
    "t/<uuid:pk>/use-last-frame": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/shots": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/shots/live": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/shots/add": ("POST", 302, 404, 403, 422),
    "p/<str:slug>/shots/new": ("GET", 302, 404, 403, 404),
    "p/<str:slug>/shots/import": ("GET", 302, 404, 403, 200),
    "p/<str:slug>/shots/play": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/shots/export": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/shots/clips": ("GET", 302, 404, 200, 200),
    "p/<str:slug>/shots/<uuid:pk>/edit": ("GET", 302, 404, 403, 404),
    "p/<str:slug>/shots/<uuid:pk>/remove": ("POST", 302, 404, 403, 302),
    "p/<str:slug>/shots/<uuid:pk>/place": ("POST", 302, 404, 403, 409),
    "p/<str:slug>/shots/<uuid:pk>/choose": ("POST", 302, 404, 403, 409),
    "spend/takes/<uuid:pk>/billing": ("POST", 302, 403, 404, 404),
    "health": ("GET", 503, 503, 503, 503),
    "setup/<str:token>": ("GET", 404, 404, 404, 404),
    "invite/<str:token>": ("GET", 404, 404, 404, 404),
    "reset/<str:token>": ("GET", 404, 404, 404, 404),
    "login": ("GET", 200, 302, 302, 302),
    "logout": ("POST", 302, 302, 302, 302),
    "confirm": ("GET", 302, 200, 200, 200),
    "forgot": ("GET", 200, 200, 200, 200),
    "me": ("GET", 302, 200, 200, 200),
    "consents/": ("GET", 302, 404, 404, 200),
    "consents/export.csv": ("GET", 302, 404, 404, 200),
    "consents/<uuid:pk>": ("GET", 302, 404, 404, 404),
    "consents/<uuid:pk>/withdraw": ("GET", 302, 404, 404, 404),
    "me/consents": ("GET", 302, 200, 200, 200),
    "me/consents/<uuid:pk>/withdraw": ("GET", 302, 404, 404, 404),
    "me/theme": ("POST", 302, 422, 422, 422),
    "me/keys": ("GET", 302, 200, 200, 200),
    "me/profile": ("POST", 302, 422, 422, 422),
    "me/password": ("POST", 302, 422, 422, 422),
    "me/tokens": ("POST", 302, 422, 422, 422),
    "me/tokens/<uuid:pk>/revoke": ("POST", 302, 404, 404, 404),
    "queue/<uuid:pk>/elsewhere": ("GET", 302, 404, 404, 404),
    "limits/": ("GET", 302, 200, 200, 200),
    "limits/<uuid:pk>/ask": ("GET", 302, 404, 404, 404),
    "limits/requests/<uuid:pk>/answer": ("POST", 302, 404, 404, 404),
    "people/": ("GET", 302, 404, 404, 200),
    "people/invite": ("POST", 302, 404, 404, 422),
    "people/invitations/<int:pk>/withdraw": ("POST", 302, 404, 404, 404),
    "people/<uuid:pk>/role": ("POST", 302, 404, 404, 422),
    "people/<uuid:pk>/projects": ("POST", 302, 404, 404, 422),
    "people/<uuid:pk>/deactivate": ("POST", 302, 404, 404, 404),
    "people/<uuid:pk>/reactivate": ("POST", 302, 404, 404, 404),
    "people/<uuid:pk>/reset-link": ("POST", 302, 404, 404, 404),
}


def routes(patterns: list[Any], before: str = "") -> list[str]:
    found = []
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver) and not route.startswith(SELF_GUARDED):
            found += routes(entry.url_patterns, route)
        elif isinstance(entry, URLPattern) and not route.startswith(SELF_GUARDED):
            found.append(route)
    return found


def address(route: str, place: dict[str, str]) -> str:
    for hole, filling in place.items():
        route = route.replace(hole, filling)
    return f"/{route}"


def test_every_route_has_a_line_and_every_line_a_route():
    assert set(routes(get_resolver().url_patterns)) == set(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_route_answers_each_role_as_the_table_says(route, place, client, charlie, producer, admin, signed_in):
    method, *expected = TABLE[route]
    callers = [client, signed_in(charlie), signed_in(producer), signed_in(admin)]
    got = [caller.generic(method, address(route, place)).status_code for caller in callers]
    assert got == expected


@pytest.mark.parametrize("route", [route for route, line in TABLE.items() if line[0] == "GET"])
def test_head_answers_as_get_without_a_body(route, place, client, producer, admin, signed_in):
    for number, caller in ((1, client), (3, signed_in(producer)), (4, signed_in(admin))):
        answer = caller.head(address(route, place))
        assert answer.status_code == TABLE[route][number]


def test_admin_is_closed_to_everybody_but_administrators(client, charlie, producer, signed_in):
    assert client.get("/admin/").status_code == 302
    assert signed_in(charlie).get("/admin/").status_code == 404
    assert signed_in(producer).get("/admin/login/").status_code == 404


def test_admin_offers_no_table_of_the_libraries(admin, signed_in):
    client = signed_in(admin)
    for path in ("django_q/schedule/add/", "auth/group/", "axes/accessattempt/"):
        assert client.get(f"/admin/{path}").status_code == 404
    assert client.get("/admin/password_change/").url == "/me"
