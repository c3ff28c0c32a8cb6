"""What every answer carries."""

import gzip

from django.http import StreamingHttpResponse
from django.test import override_settings

from videostudio.middleware import CompressedPages

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def test_pages_carry_the_policy_word_for_word(client, db):
    answer = client.get("/login")
    assert set(answer["Content-Security-Policy"].split("; ")) == set(CSP.split("; "))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


def test_pages_are_not_stored(client, db):
    assert client.get("/login")["Cache-Control"] == "no-store"
    assert client.get("/nothing-here")["Cache-Control"] == "no-store"


def test_static_files_may_be_stored(client, db):
    assert "no-store" not in client.get("/static/css/tokens.css")["Cache-Control"]


def test_pages_hold_no_inline_style_or_script(client, alice, admin, signed_in):
    for caller, path in ((client, "/login"), (signed_in(alice), "/me"), (signed_in(admin), "/people/")):
        page = caller.get(path).content.decode()
        assert "style=" not in page and "<script>" not in page and "onclick" not in page


@override_settings(DEBUG=False)
def test_error_pages_belong_to_the_product(client, db):
    from django.test import Client

    assert b"Video Studio" in client.get("/nothing-here").content
    refused = Client(enforce_csrf_checks=True).post("/login", {})
    assert refused.status_code == 403 and b"Nothing was changed" in refused.content


def test_a_broken_view_shows_the_products_page(client, db, monkeypatch):
    from videostudio import liveness

    def broken():
        raise RuntimeError("on purpose")

    monkeypatch.setattr(liveness, "report", broken)
    client.raise_request_exception = False
    answer = client.get("/health")
    assert answer.status_code == 500 and b"Something broke" in answer.content


def test_pages_are_compressed_and_what_streams_is_not(client, db, rf):
    asks = {"Accept-Encoding": "gzip, br"}
    page = client.get("/login", headers=asks)
    assert page["Content-Encoding"] == "gzip" and "Accept-Encoding" in page["Vary"]
    assert b"Video Studio" in gzip.decompress(page.content)
    assert "Content-Encoding" not in client.get("/login").headers
    clip = StreamingHttpResponse([b"x" * 5000], content_type="video/mp4", headers={"Content-Length": "5000"})
    sent = CompressedPages(lambda request: clip)(rf.get("/", headers=asks))
    assert "Content-Encoding" not in sent.headers and sent["Content-Length"] == "5000"
