"""What an administrator may do with accounts, models and limits."""

from __future__ import annotations

import json

import pytest

from providers import accounts
from providers.models import AuditEvent, LedgerEntry, ProviderAccount, Quota, VideoModel
from providers.quotas import QuotaExceeded
from tests.factories import CLOSED_PORT, make_account, make_model, make_quota, make_take_row
from tests.providers.admin_pages import form, model_form, opened, page_of

KEY = "sk-planted-0123456789-wxyz"


def test_an_address_with_takes_in_flight_stays(db, admin, signed_in):
    take = make_take_row(status="running")
    with pytest.raises(accounts.AddressInUse):
        accounts.change_address(take.account, "https://elsewhere.example/v1", actor=admin)
    page = f"/admin/providers/provideraccount/{take.account_id}/change/"
    answer = signed_in(admin).post(page, form(take.account, base_url="https://elsewhere.example/v1"))
    assert "still in flight" in answer.content.decode()
    take.account.refresh_from_db()
    assert "elsewhere" not in take.account.base_url


def test_admin_adds_an_account_with_a_key_and_never_shows_it(desk):
    said = {"gateway": "token360", "name": "Main", "base_url": "", "key": KEY}
    assert desk.post("/admin/providers/provideraccount/add/", said).status_code == 302
    account = ProviderAccount.objects.get(name="Main")
    assert account.get_key() == KEY and account.models.exists()
    seen = desk.get(page_of(account)).content + desk.get("/admin/providers/provideraccount/").content
    seen += desk.get(f"/admin/providers/provideraccount/{account.pk}/history/").content
    seen += desk.get("/admin/providers/auditevent/").content
    assert KEY.encode() not in seen and account.sealed_key.encode() not in seen and b"wxyz" in seen
    assert KEY not in str(list(AuditEvent.objects.values()))


def test_admin_saves_a_new_key_for_a_new_address(desk):
    account = make_account(key="sk-old-0123456789")
    desk.post(page_of(account), form(account, base_url="https://new.example/v1", key=KEY))
    account.refresh_from_db()
    assert account.base_url == "https://new.example/v1" and account.get_key() == KEY
    assert list(AuditEvent.objects.values_list("verb", flat=True).order_by("id"))[-2:] == [
        "change address",
        "save key",
    ]


def test_admin_clears_the_key_when_only_the_address_changes(desk):
    account = make_account(key=KEY)
    desk.post(page_of(account), form(account, base_url="https://new.example/v1", max_in_flight=3))
    account.refresh_from_db()
    assert account.get_key() == "" and account.max_in_flight == 3
    assert AuditEvent.objects.get(verb="change").after == {"max_in_flight": 3}


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        ("test_key", "test key"),
        ("refresh_catalogue", "refresh catalogue"),
        ("pause", "pause"),
        ("end_pause", "end pause"),
    ],
)
def test_each_action_leaves_a_line_in_the_audit_log(desk, admin, action, verb):
    account = make_account(base_url=CLOSED_PORT)
    said = {"action": action, "_selected_action": str(account.pk)}
    assert desk.post("/admin/providers/provideraccount/", said).status_code == 302
    assert AuditEvent.objects.get(verb=verb).actor_id == admin.pk
    account.refresh_from_db()
    assert account.is_paused() == (action == "pause")


def test_edited_model_is_kept_from_the_catalogue(desk):
    account = make_account()
    model = account.models.first()
    assert desk.post(page_of(model), model_form(model, label="Ours")).status_code == 302
    accounts.sync_catalogue(account)
    model.refresh_from_db()
    assert model.label == "Ours" and model.source == "edited"


@pytest.mark.parametrize("wrong", ['{"modes": ["dance"]}', "[]", "3", '{"durations_s": "long"}', "{"])
def test_capabilities_of_the_wrong_shape_are_refused(desk, wrong):
    model = make_model()
    answer = desk.post(page_of(model), model_form(model, capabilities=wrong))
    assert answer.status_code == 200 and b"errorlist" in answer.content


def test_disallowed_model_is_no_longer_offered(desk):
    model = make_model()
    desk.post("/admin/providers/videomodel/", {"action": "disallow", "_selected_action": str(model.pk)})
    assert not VideoModel.objects.offered().filter(pk=model.pk).exists()
    assert AuditEvent.objects.filter(verb="disallow", subject_id=str(model.pk)).exists()


def test_limits_are_made_for_a_project_and_only_once(desk, project):
    said = {"applies_to": f"project:{project.pk}", "measure": "money", "period": "month", "limit": "50"}
    address = "/admin/providers/quota/add/"
    desk.post(address, said)
    assert Quota.objects.get().scope_id == project.pk
    assert desk.post(address, said).status_code == 200 and Quota.objects.count() == 1
    assert b"Harbour film" in desk.get("/admin/providers/quota/").content


def test_of_a_limit_only_the_sum_can_be_changed(desk, project):
    quota = make_quota(5, measure="in_flight")
    page = f"/admin/providers/quota/{quota.pk}/change/"
    assert "stays as it was made" in desk.get(page).content.decode()
    sent = {**opened(desk, quota), "limit": "7"}
    other = {"applies_to": f"project:{project.pk}", "measure": "money", "period": "day"}
    assert desk.post(page, {**sent, **other}).status_code == 302
    quota.refresh_from_db()
    assert (quota.limit, quota.measure, quota.period, quota.scope) == (7, "in_flight", "lifetime", "studio")
    assert AuditEvent.objects.get(verb="change").after == {"limit": "7"}
    assert "opened: Limit. Nothing" in desk.post(page, {**sent, "limit": "9"}).content.decode()
    quota.refresh_from_db()
    assert quota.limit == 7


def test_a_limit_made_in_the_admin_counts_what_is_in_flight(desk):
    make_take_row()
    said = {"applies_to": "studio", "measure": "in_flight", "period": "lifetime", "limit": "1"}
    assert desk.post("/admin/providers/quota/add/", said).status_code == 302
    with pytest.raises(QuotaExceeded):
        make_take_row()


@pytest.mark.parametrize(
    "address",
    [
        "providers/provideraccount/",
        "providers/provideraccount/add/",
        "providers/videomodel/",
        "providers/quota/",
        "providers/quota/add/",
        "providers/ledgerentry/",
        "providers/auditevent/",
        "generations/generation/",
        "generations/consentrecord/",
    ],
)
def test_pages_are_for_administrators_alone(desk, alice, producer, signed_in, address):
    make_take_row()
    make_quota(3)
    assert desk.get(f"/admin/{address}").status_code == 200
    assert {signed_in(person).get(f"/admin/{address}").status_code for person in (alice, producer)} == {404}


def test_takes_and_ledger_lines_are_only_read(desk):
    take = make_take_row()
    for row in (take, LedgerEntry.objects.get()):
        page = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}"
        assert desk.get(f"{page}/change/").status_code == 200
        assert desk.post(f"{page}/change/", {"status": "completed"}).status_code == 403
        assert desk.post(f"{page}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "rule",
    [
        {"per": "second", "rates": [{"usd": "-0.5"}]},
        {"per": "second", "rates": [{"usd": "NaN"}]},
        {"per": "video", "rates": [{"usd": "1"}], "per_job_usd": "-1"},
        {"per": "flat", "rates": []},
    ],
)
def test_a_price_that_cannot_be_is_refused_and_said_where(desk, rule):
    model = make_model()
    answer = desk.post(page_of(model), model_form(model, price_rule=json.dumps(rule)))
    page = answer.content.decode()
    assert answer.status_code == 200 and "This is no price rule." in page and ("usd" in page or "per" in page)
    before = model.price_rule
    model.refresh_from_db()
    assert model.price_rule == before


def test_a_model_shows_what_it_takes_as_a_table_and_names_the_wrong_key(desk, db):
    model = make_model()
    page = desk.get(page_of(model)).content.decode()
    table = page.split('class="captable"')[1].split("</table>")[0]
    assert "Resolutions" in table and "<code>inputs.first_frame</code>" in table and "{" not in table
    assert "collapse" in page
    wrong = {**model.capabilities, "durations_s": ["long"]}
    answer = desk.post(page_of(model), model_form(model, capabilities=json.dumps(wrong))).content.decode()
    assert "durations_s.0" in answer and "collapse" in answer
    odd = {**model.capabilities, "resolution": ["720p"]}
    answer = desk.post(page_of(model), model_form(model, capabilities=json.dumps(odd))).content.decode()
    assert "resolution: there is no such capability" in answer
