"""What a model took and cost before: kept with who changed it, shown to administrators."""

from __future__ import annotations

import csv
import io
import json

import pytest

from providers import accounts, discovery, model_history
from providers.gateways.base import DiscoveredModel
from providers.models import AuditEvent, ModelChange, VideoModel
from tests.factories import make_account, make_model, make_quota, make_take_row
from tests.providers.admin_pages import model_form, page_of


@pytest.fixture
def desk(signed_in, admin):
    return signed_in(admin)


def history(desk, model):
    return desk.get(f"/admin/providers/videomodel/{model.pk}/history/").content.decode()


def test_a_price_that_an_administrator_changes_stands_beside_the_one_before(desk, admin):
    model = make_model()
    assert "Nothing has changed since it came" in history(desk, model)
    rule = {"per": "second", "rates": [{"usd": "0.20", "resolution": "720p", "sound": True}, {"usd": "0.1"}]}
    desk.post(page_of(model), model_form(model, price_rule=json.dumps(rule)))
    page = history(desk, model)
    assert "<del>0.15 USD</del> → <ins>0.20 USD (720p, with sound); 0.1 USD</ins>" in page
    assert str(admin) in page
    desk.post(page_of(model), model_form(model, price_rule=json.dumps(rule)))
    assert ModelChange.objects.count() == 1  # the same once more is no change


def test_what_is_allowed_is_in_it(desk):
    model = make_model()
    asked = {"action": "disallow", "_selected_action": [str(model.pk)]}
    desk.post("/admin/providers/videomodel/", asked)
    assert ModelChange.objects.get().what == {"allowed": [True, False]}
    assert "<del>yes</del> → <ins>no</ins>" in history(desk, model)


def test_the_catalogue_and_the_gateway_are_named(db):
    account = make_account("venice")
    model = account.models.exclude(price_rule={}).first()
    shipped = model.price_rule["rates"]
    VideoModel.objects.filter(pk=model.pk).update(price_rule={**model.price_rule, "rates": [{"usd": "9"}]})
    accounts.sync_catalogue(account)
    found = ModelChange.objects.get()
    assert (found.by, found.what) == ("catalogue", {"price_rule.rates": [[{"usd": "9"}], shipped]})
    others = [DiscoveredModel(row.wire_id, row.label) for row in account.models.exclude(pk=model.pk)]
    discovery._lay_over(account, others)
    gone = ModelChange.objects.filter(model=model).first()
    assert gone.by == "the gateway's list" and gone.what["retired_at"][0] is None
    assert [line[1] for line in model_history.told(model.pk)[0]["lines"]] == ["–"]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("providers/provideraccount", {"name": "=Main"}),
        ("providers/videomodel", {"account": "=Main"}),
        ("providers/ledgerentry", {"kind": "hold", "amount_usd": "0.750000"}),
        ("providers/quota", {"applies_to": "The whole studio", "used": "1", "limit": "5.00"}),
        ("generations/generation", {"status": "queued", "account": "=Main"}),
    ],
)
def test_every_list_is_found_filtered_and_taken_along(desk, admin, table, told):
    make_take_row(model=make_model(account=make_account(name="=Main")), status="queued")
    make_quota(5, measure="count")
    page = desk.get(f"/admin/{table}/").content.decode()
    assert f"/admin/{table}/export.csv" in page
    text = b"".join(desk.get(f"/admin/{table}/export.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    cells = {name: f"'{value}" if value.startswith("=") else value for name, value in told.items()}
    assert any(cells.items() <= row.items() for row in rows), rows[:2]
    lines = b"".join(desk.get(f"/admin/{table}/export.jsonl").streaming_content).decode().splitlines()
    assert any(told.items() <= json.loads(line).items() for line in lines)
    assert (
        b"".join(desk.get(f"/admin/{table}/export.csv?q=nowhere-at-all").streaming_content).count(b"\n") == 1
    )
    line = AuditEvent.objects.filter(verb="exported").first()
    assert (line.actor_name, line.after["filter"]) == (str(admin), "q=nowhere-at-all")


def test_an_export_knows_the_filters_that_its_list_knows(desk):
    assert desk.get("/admin/providers/auditevent/export.csv?foo=bar").status_code == 400
    assert not AuditEvent.objects.filter(verb="exported").exists()


def test_tables_that_grow_are_found_in_by_id_person_project_and_account(desk, project, alice):
    take = make_take_row(project=project, author=alice, job_id="video_1")
    make_take_row()
    places = {"generations/generation": [str(take.pk), "video_1", "Harbour", "alice", "film harbour"]}
    places["providers/ledgerentry"] = [str(take.pk), take.account.name, str(project.pk)]
    for table, words in places.items():
        for word in words:
            rows = b"".join(desk.get(f"/admin/{table}/export.jsonl", {"q": word}).streaming_content)
            assert rows.count(b"\n") == 1, (table, word)
        assert desk.get(f"/admin/{table}/", {"q": "nowhere-at-all"}).status_code == 200
