"""Every consent record: found, read, exported and withdrawn on behalf by administrators; audited."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import ConsentRecord, Generation, Status
from providers.models import AuditEvent
from tests.factories import make_asset, make_record, make_take_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(project: Any) -> Generation:
    asset = make_asset(project=project, name="portrait.png", thumb="assets/x/thumb.webp")
    return make_take_row(project=project, inputs=[("first_frame", asset)], prompt="A boat <b>")


@pytest.fixture
def record(take: Generation, alice: Any) -> ConsentRecord:
    return make_record(take, alice, address="10.0.0.7", policy_text="Words <i>as they came</i>\n\n  kept")


def listed(client: Any, **asked: str) -> int:
    return client.get(reverse("all-consents"), asked).content.decode().count('<th scope="row"')


def test_the_filters_find_by_person_gateway_state_day_and_words(record, bob, admin, signed_in):
    other = make_record(make_take_row(), bob, withdrawn_at=timezone.now())
    ConsentRecord.objects.filter(pk=other.pk).update(created_at=timezone.now() - timedelta(days=9))
    client, today = signed_in(admin), timezone.localdate().isoformat()
    asked: list[tuple[dict[str, str], int]] = [
        ({}, 2), ({"person": str(bob.pk)}, 1), ({"gateway": "token360"}, 2), ({"gateway": "venice"}, 0),
        ({"state": "live"}, 1), ({"state": "withdrawn"}, 1), ({"since": today}, 1), ({"until": today}, 2),
        ({"q": "Archer"}, 1), ({"q": record.inputs[0]["sha256"][:10]}, 1),
        ({"q": str(other.generation_id)}, 1), ({"q": "nobody"}, 0),
        ({"since": "nonsense", "person": "nonsense"}, 2),
    ]  # fmt: skip
    assert [listed(client, **what) for what, _n in asked] == [count for _what, count in asked]


def test_a_long_list_goes_on_with_its_filter(take, alice, admin, signed_in):
    for _ in range(27):
        make_record(take, alice)
    html = signed_in(admin).get(reverse("all-consents"), {"state": "live"}).content.decode()
    older = html.split("?state=live&amp;before=")[1].split('"')[0]
    assert listed(signed_in(admin), state="live", before=older) == 2


def test_the_export_is_what_the_filter_finds_and_no_formula(record, bob, admin, signed_in):
    bob.display_name = "=cmd()"
    bob.save()
    make_record(make_take_row(), bob)
    reply = signed_in(admin).get(reverse("all-consents-export"), {"person": str(bob.pk)})
    rows = list(csv.DictReader(io.StringIO(b"".join(reply.streaming_content).decode())))
    assert [row["person"] for row in rows] == ["'=cmd()"] and "attachment" in reply["Content-Disposition"]
    assert rows[0]["text_sha256"] and rows[0]["given_at"].startswith("20")


def test_the_record_shows_text_hashes_pictures_and_takes(record, take, alice, admin, signed_in):
    for person in (alice, admin):
        html = signed_in(person).get(record.get_absolute_url()).content.decode()
        assert "Words &lt;i&gt;as they came&lt;/i&gt;\n\n  kept" in html and "A boat &lt;b&gt;" in html
        assert record.text_sha256 in html and record.inputs[0]["sha256"] in html and "10.0.0.7" in html
        assert reverse("asset-thumb", args=[take.inputs.get().asset_id]) in html


def test_pictures_that_are_gone_are_said_to_be_gone(record, take, alice, signed_in):
    take.inputs.get().asset.__class__.objects.update(file="", thumb="")
    html = signed_in(alice).get(record.get_absolute_url()).content.decode()
    assert "Not here any more" in html and "/thumb" not in html


def test_colleagues_find_neither_record_nor_list(record, bob, signed_in):
    for address in (record.get_absolute_url(), reverse("all-consents"), reverse("all-consents-export")):
        assert signed_in(bob).get(address).status_code == 404
    assert signed_in(bob).post(reverse("consent-withdraw-for", args=[record.pk])).status_code == 404


def test_on_behalf_needs_a_reason_and_is_audited(record, take, alice, admin, signed_in):
    take.consent = {"attested": True, "text_sha256": record.text_sha256, "flow": record.flow, "roles": []}
    take.consent |= {"version": "1", "statements": {}, "policy_text": "", "asked": 1}
    take.save()
    address, client = reverse("consent-withdraw-for", args=[record.pk]), signed_in(admin)
    assert "A boat &lt;b&gt;" in client.get(address).content.decode()
    assert client.post(address, {"reason": "  "}).status_code == 422
    assert ConsentRecord.objects.live().count() == 1
    assert client.post(address, {"reason": "The person asked by mail"}).status_code == 302
    take.refresh_from_db()
    record.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT and take.consent["withdrawn"] == "administrator"
    assert (record.withdrawn_by, record.withdrawal_reason) == (admin, "The person asked by mail")
    line = AuditEvent.objects.get(verb="withdraw", subject_id=str(record.pk))
    assert line.actor_id == admin.pk and line.after["reason"] == "The person asked by mail"
    assert "by Ada Min" in signed_in(alice).get(reverse("consents")).content.decode()
    asked = signed_in(alice).get(reverse("consent", args=[take.pk])).content.decode()
    assert "An administrator has withdrawn your statement" in asked


def test_the_api_reads_everybodys_for_administrators_alone(record, bob, admin, signed_in):
    asked = "/api/v1/consents?everybody=true"
    assert [one["person"] for one in signed_in(admin).get(asked).json()["items"]] == ["alice"]
    assert signed_in(bob).get(asked).json()["items"] == []
    assert signed_in(admin).get("/api/v1/consents").json()["items"] == []
    assert signed_in(bob).get(f"/api/v1/consents/{record.pk}").status_code == 404
    own = f"/api/v1/consents/{record.pk}/withdraw"
    assert signed_in(admin).post(own).json()["error"]["field"] == "reason"
    told = signed_in(admin).post(f"{own}?reason=Asked").json()
    assert (told["withdrawn_by"], told["withdrawal_reason"]) == ("admin", "Asked")
