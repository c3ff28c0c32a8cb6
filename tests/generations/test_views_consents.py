"""One's own consent records: what was kept can be read, and withdrawn with its consequence said."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from generations.models import ConsentRecord, Generation, Status
from providers import ledger
from providers.models import AuditEvent
from tests.factories import make_asset, make_record, make_take_row, make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(project: Any) -> Generation:
    """Attested by its author and waiting in the queue."""
    inputs = [("first_frame", make_asset(project=project))]
    take = make_take_row(project=project, inputs=inputs, prompt="A waiting boat <b>")
    record = make_record(take, take.author, address="10.0.0.7", policy_text="Words <i>as they came</i>")
    take.consent = {"attested": True, "text_sha256": record.text_sha256, **_question(record)}
    take.save()
    return take


def _question(record: ConsentRecord) -> dict[str, Any]:
    names = ("flow", "version", "policy_text", "text_sha256", "statements")
    return {**{name: getattr(record, name) for name in names}, "roles": [], "asked": 1}


def page(client: Client) -> str:
    return client.get(reverse("consents")).content.decode()


def consequences(client: Client, record: ConsentRecord) -> str:
    return client.get(reverse("consent-withdraw", args=[record.pk])).content.decode()


def test_everything_that_was_kept_is_shown_and_escaped(take, alice, signed_in):
    html, record = page(signed_in(alice)), take.consents.get()
    assert "Words &lt;i&gt;as they came" in html and "<i>as" not in html
    for kept in (record.version, record.text_sha256, record.inputs[0]["sha256"], "10.0.0.7"):
        assert kept in html


def test_the_takes_it_stops_and_those_that_go_on_are_named_first(take, project, alice, signed_in):
    asset = take.inputs.get().asset
    make_take_row(
        project=project, model=take.model, status="running", inputs=[("first_frame", asset)], prompt="Sailing"
    )
    html = consequences(signed_in(alice), take.consents.get())
    stopped, going_on = html.split("These takes are stopped")[1].split("These are at the gateway already")
    assert "A waiting boat &lt;b&gt;" in stopped and "Sailing" in going_on


def test_withdrawing_stops_the_take_and_is_written_down(take, alice, signed_in):
    record = take.consents.get()
    for _ in range(2):  # two clicks
        assert signed_in(alice).post(reverse("consent-withdraw", args=[record.pk])).url == "/me/consents"
    take.refresh_from_db()
    record.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT and record.withdrawn_at
    assert not ledger.open_holds().exists()
    assert AuditEvent.objects.filter(verb="withdraw", subject_id=str(record.pk)).count() == 1
    assert "Withdrawn 20" in page(signed_in(alice))
    asked = signed_in(alice).get(reverse("consent", args=[take.pk])).content.decode()
    assert "You have withdrawn your statement" in asked


def test_nobody_sees_or_withdraws_anothers(take, bob, admin, signed_in):
    record = take.consents.get()
    for person in (bob, admin):
        assert record.text_sha256 not in page(signed_in(person))
        for method in ("get", "post"):
            reply = getattr(signed_in(person), method)(reverse("consent-withdraw", args=[record.pk]))
            assert reply.status_code == 404
    assert ConsentRecord.objects.live().count() == 1


def test_who_left_the_project_still_withdraws_but_reads_no_prompts(take, alice, signed_in):
    take.project.memberships.all().delete()
    html = page(signed_in(alice))
    html += consequences(signed_in(alice), take.consents.get())
    assert "A waiting boat" not in html and html.count("no longer in") == 3
    assert (
        signed_in(alice).post(reverse("consent-withdraw", args=[take.consents.get().pk])).status_code == 302
    )
    take.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT


def test_a_long_list_has_further_pages(take, alice, signed_in):
    for _ in range(30):
        make_record(take, alice)
    first = page(signed_in(alice))
    older = first.split('href="?before=')[1].split('"')[0]
    rest = signed_in(alice).get(reverse("consents"), {"before": older}).content.decode()
    assert (first.count('id="r-'), rest.count('id="r-')) == (25, 6)
    assert signed_in(alice).get(reverse("consents"), {"before": "nonsense"}).status_code == 200


def test_pages_cost_the_same_with_many_statements_about_one_file(
    take, alice, signed_in, django_assert_max_num_queries
):
    for _ in range(24):
        make_record(take, alice)
    client = signed_in(alice)
    with django_assert_max_num_queries(14):
        assert page(client).count('id="r-') == 25
    with django_assert_max_num_queries(18):
        assert "24 other statements" in consequences(client, take.consents.first())


def test_the_consequences_are_bounded_and_cost_the_same_for_any_number_of_takes(
    take, project, alice, signed_in, django_assert_max_num_queries
):
    asset, record, client = take.inputs.get().asset, take.consents.get(), signed_in(alice)
    more = {"project": project, "model": take.model, "inputs": [("first_frame", asset)]}
    for number in range(52):
        make_take_row(**more, prompt=f"Waits {number} after")
        make_take_row(**more, prompt=f"Sails {number} after", status="running")
    with django_assert_max_num_queries(18):
        stopped, going_on = consequences(client, record).split("These are at the gateway already")
    assert (stopped.count("Waits"), going_on.count("Sails")) == (49, 50)
    assert "and 3 more" in stopped and "and 2 more" in going_on


def test_what_was_withdrawn_is_not_asked_about_again(take, alice, signed_in):
    record, client = take.consents.get(), signed_in(alice)
    client.post(reverse("consent-withdraw", args=[record.pk]))
    assert client.get(reverse("consent-withdraw", args=[record.pk])).url == "/me/consents"


def test_the_api_lists_and_withdraws(take, alice):
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    [told] = Client().get("/api/v1/consents", headers=headers).json()["items"]
    assert told["files"][0]["sha256"] == take.inputs.get().asset.sha256 and told["address"] == "10.0.0.7"
    answer = Client().post(f"/api/v1/consents/{told['id']}/withdraw", headers=headers)
    assert answer.status_code == 200 and answer.json()["withdrawn_at"]
    take.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT
