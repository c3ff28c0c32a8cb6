"""Deny by default: one table names route x role x expected code. A new route without a line fails.

Columns: nobody signed in, a member (a stranger to every project here), an administrator with a fresh
password. ``GET`` unless the line says otherwise.
"""

import re
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

NO_ID = "00000000-0000-7000-8000-000000000000"
SELF_GUARDED = ("admin/", "api/")  # the admin's own views and the API have tests of their own

# route: (method, nobody, member, administrator)
TABLE: dict[str, tuple[str, int, int, int]] = {
    "health": ("GET", 503, 503, 503),
    "setup/<str:token>": ("GET", 404, 404, 404),
    "invite/<str:token>": ("GET", 404, 404, 404),
    "reset/<str:token>": ("GET", 404, 404, 404),
    "login": ("GET", 200, 302, 302),
    "logout": ("POST", 302, 302, 302),
    "confirm": ("GET", 302, 200, 200),
    "forgot": ("GET", 200, 200, 200),
    "me": ("GET", 302, 200, 200),
    "me/theme": ("POST", 302, 422, 422),
    "me/profile": ("POST", 302, 422, 422),
    "me/password": ("POST", 302, 422, 422),
    "me/tokens": ("POST", 302, 422, 422),
    "me/tokens/<uuid:pk>/revoke": ("POST", 302, 404, 404),
    "people/": ("GET", 302, 404, 200),
    "people/invite": ("POST", 302, 404, 422),
    "people/invitations/<int:pk>/withdraw": ("POST", 302, 404, 404),
    "people/<uuid:pk>/role": ("POST", 302, 404, 422),
    "people/<uuid:pk>/deactivate": ("POST", 302, 404, 404),
    "people/<uuid:pk>/reactivate": ("POST", 302, 404, 404),
    "people/<uuid:pk>/reset-link": ("POST", 302, 404, 404),
    "": ("GET", 302, 200, 200),
    "p/new": ("POST", 302, 422, 422),
    "p/<str:slug>/": ("GET", 302, 404, 404),
    "p/<str:slug>/feed": ("GET", 302, 404, 404),
    "p/<str:slug>/composer": ("POST", 302, 404, 404),
    "p/<str:slug>/composer/price": ("POST", 302, 404, 404),
    "p/<str:slug>/composer/draft": ("POST", 302, 404, 404),
    "p/<str:slug>/generate": ("POST", 302, 404, 404),
    "p/<str:slug>/upload": ("POST", 302, 404, 404),
    "p/<str:slug>/a/<uuid:pk>/smaller": ("POST", 302, 404, 404),
    "p/<str:slug>/settings": ("POST", 302, 404, 404),
    "p/<str:slug>/archive": ("POST", 302, 404, 404),
    "p/<str:slug>/members": ("GET", 302, 404, 404),
    "p/<str:slug>/members/add": ("POST", 302, 404, 404),
    "p/<str:slug>/members/invite": ("POST", 302, 404, 404),
    "p/<str:slug>/members/invitations/<int:pk>/withdraw": ("POST", 302, 404, 404),
    "p/<str:slug>/members/<uuid:pk>/role": ("POST", 302, 404, 404),
    "p/<str:slug>/members/<uuid:pk>/remove": ("POST", 302, 404, 404),
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


def address(route: str) -> str:
    filled = re.sub(r"<uuid:\w+>", NO_ID, route)
    filled = re.sub(r"<int:\w+>", "1", filled)
    return "/" + re.sub(r"<(?:\w+:)?\w+>", "nothing-here", filled)


def test_every_route_has_a_line_and_every_line_a_route():
    assert set(routes(get_resolver().url_patterns)) == set(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_route_answers_each_role_as_the_table_says(route, client, charlie, admin, signed_in):
    method, *expected = TABLE[route]
    callers = [client, signed_in(charlie), signed_in(admin)]
    got = [caller.generic(method, address(route)).status_code for caller in callers]
    assert got == expected


def test_admin_is_closed_to_everybody_but_administrators(client, charlie, producer, signed_in):
    assert client.get("/admin/").status_code == 302
    assert signed_in(charlie).get("/admin/").status_code == 404
    assert signed_in(producer).get("/admin/login/").status_code == 404


def test_admin_offers_no_table_of_the_libraries(admin, signed_in):
    client = signed_in(admin)
    for path in ("django_q/schedule/add/", "auth/group/", "axes/accessattempt/"):
        assert client.get(f"/admin/{path}").status_code == 404
    assert client.get("/admin/password_change/").url == "/me"
