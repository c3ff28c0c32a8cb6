"""A composer whose model is not offered any more says what stood there, and what stands there now."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from generations.models import Draft, Generation
from providers.models import VideoModel
from tests.factories import CLOSED_PORT, make_account, make_model
from tests.generations.composer.page import HTMX

pytestmark = pytest.mark.django_db


def at(sandbox: bool, name: str, label: str = "Seedance") -> VideoModel:
    account = make_account(name=name, base_url=CLOSED_PORT, sandbox=sandbox)
    account.models.all().delete()  # the catalogue's
    return make_model(label=label, account=account)


def off(model: VideoModel) -> None:
    type(model.account).objects.filter(pk=model.account_id).update(enabled=False)


def notice_in(page: str) -> tuple[str, bool]:
    """Its words, and whether it warns; empty where there is none."""
    found = re.search(r'<div class="notes( why)?" id="composer-gone"[^>]*>(.*?)<button', page, re.DOTALL)
    return (unescape(re.sub(r"<[^>]+>", "", found[2])).strip(), bool(found[1])) if found else ("", False)


@pytest.fixture
def client(signed_in: Any, bob: Any) -> Any:
    return signed_in(bob)


@pytest.fixture
def opened(client: Any, project: Any, bob: Any) -> Any:
    """The composer of a person who had this model in it when they left."""

    def open_with(model: VideoModel) -> str:
        body = {"prompt": "A boat", "model": str(model.pk), "laid_for": str(model.pk)}
        Draft.objects.create(user=bob, project=project, body=body, version=1)
        return client.get(f"/p/{project.slug}/").content.decode()

    return open_with


@pytest.mark.parametrize(
    ("was_sandbox", "sandbox", "then", "warns"),
    [
        (True, False, " That account costs money; the one before was a sandbox.", True),
        (False, True, " That is a sandbox: nothing is charged.", False),
        (False, False, "", False),
    ],
)
def test_the_account_it_was_and_the_one_that_took_its_place_are_named(
    opened: Any, was_sandbox: bool, sandbox: bool, then: str, warns: bool
):
    was, _now = at(was_sandbox, "Old <b>key</b>"), at(sandbox, "New key")
    off(was)
    words = f"Seedance at Old <b>key</b> is no longer offered. Seedance at New key stands in its place.{then}"
    page = opened(was)
    assert notice_in(page) == (words, warns) and "Old <b>" not in page


def test_a_row_that_is_gone_warns_where_the_new_one_costs_money(opened: Any):
    was, now = at(False, "Old"), at(False, "New")
    VideoModel.objects.filter(pk=was.pk).delete()
    words = f"The chosen model is no longer offered. Seedance at {now.account} stands in its place."
    assert notice_in(opened(was)) == (f"{words} That account costs money.", True)


def test_it_stays_until_a_person_answers_it(opened: Any, client: Any, project: Any, bob: Any):
    was, now, other = at(True, "Old"), at(False, "New"), at(False, "Other", "Another")
    off(was)
    opened(was)
    typed = {"prompt": "A boat", "model": str(now.pk), "laid_for": str(now.pk), "gone": str(was.pk)}
    for name in ("composer/draft", "composer"):  # what a page sends by itself
        reply = client.post(f"/p/{project.slug}/{name}", {**typed, "draft_version": "1"}, headers=HTMX)
        assert reply.status_code == 200
    assert notice_in(reply.content.decode())[0]
    assert notice_in(client.get(f"/p/{project.slug}/").content.decode())[1]
    for said in ({"gone_seen": "1"}, {"model": str(other.pk)}):
        page = client.post(f"/p/{project.slug}/composer", {**typed, **said}, headers=HTMX).content.decode()
        assert notice_in(page) == ("", False) and 'name="gone" value=""' in page


def test_it_goes_when_the_model_is_offered_again(opened: Any, client: Any, project: Any):
    was, now = at(True, "Old"), at(False, "New")
    typed = {"prompt": "A", "model": str(now.pk), "laid_for": str(now.pk), "gone": str(was.pk)}
    page = client.post(f"/p/{project.slug}/composer", typed, headers=HTMX).content.decode()
    assert notice_in(page) == ("", False)


def test_a_click_meant_for_the_sandbox_is_not_sent_to_the_other_and_the_next_one_ends_it(
    opened: Any, client: Any, project: Any
):
    was, now = at(True, "Old"), at(False, "New")
    off(was)
    form = {"prompt": "A boat", "model": str(was.pk), "laid_for": str(was.pk), "shown_usd": "9"}
    reply = client.post(f"/p/{project.slug}/generate", {**form, "idempotency_key": "a"}, headers=HTMX)
    page = unescape(reply.content.decode())
    assert reply.status_code == 422 and page.count("Seedance at Old is no longer offered.") == 1
    assert not Generation.objects.exists()
    form |= {"model": str(now.pk), "laid_for": str(now.pk), "gone": str(was.pk)}
    reply = client.post(f"/p/{project.slug}/generate", {**form, "idempotency_key": "b"}, headers=HTMX)
    assert reply.status_code == 200 and notice_in(reply.content.decode()) == ("", False)
    assert Generation.objects.get().model == now


def test_the_chip_names_the_account_where_two_have_that_model(client: Any, project: Any, bob: Any):
    alone, one = at(False, "Key A", "Alone"), at(False, "Key B")
    at(True, "Key C", "seedance")
    for model, prefix in ((alone, "Token360"), (one, "Key B")):
        page = client.post(f"/p/{project.slug}/composer", {"model": str(model.pk)}, headers=HTMX)
        assert f'<span class="from">{prefix}</span>' in page.content.decode()


def test_without_any_model_it_says_so_and_leads_administrators_on(
    signed_in: Any, admin: Any, client: Any, project: Any
):
    for caller, leads in ((client, False), (signed_in(admin), True)):
        page = caller.get(f"/p/{project.slug}/").content.decode()
        told = page.split('id="composer-no-model"')[1].split("</div>")[0]
        assert "No model is offered here" in told
        assert ("/admin/providers/provideraccount/add/" in told) is leads
        assert ("An administrator adds an account." in told) is not leads
