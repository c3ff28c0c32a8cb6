"""The spend pages: numbers with their takes behind them, files that say the same, nothing for strangers."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from generations.models import Client, Shot, Tag, Tagging
from generations.services import shots
from generations.services.shots import Words
from providers import ledger
from providers.models import LedgerEntry
from tests import factories
from tests.generations.spend_rows import NOON, spent

pytestmark = pytest.mark.django_db
NOVEMBER = {"range": "own", "since": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture
def look(signed_in: Any, producer: Any) -> Any:
    """``look("/spend", by="model")``: the page as a producer sees it."""
    client = signed_in(producer)

    def get(path: str = "/spend", status: int = 200, **asked: Any) -> str:
        reply = client.get(f"{path}?{urlencode({**NOVEMBER, **asked})}")
        assert reply.status_code == status
        text = b"".join(reply) if reply.streaming else reply.content
        return text.decode()

    return get


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def cells(page: str) -> list[list[str]]:
    """The lines of the page's table, as a reader sees them."""
    table = page[page.index('class="table spendtable"') :].split("</table>")[0]
    lines = re.findall(r"<tr>(.*?)</tr>", table, re.S)[1:]
    return [[words_of(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", line, re.S)] for line in lines]


def words_of(cell: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()


NAMES = {
    "project": {"Harbour film", "'=HYPERLINK(1)"},
    "client": {"No client", "Kestrel, Ærospace"},
    "person": {"Alice Archer", "Bob Baker"},
    "model": {"One", "Two"},
    "gateway": {"Token360", "Venice"},
    "account": {"one key", "two key"},
    "shot": {"SH010", "No shot"},
    "tag": {"'+hero"},
}


def _first_shot(project: Any) -> Shot:
    """Of the same code in each project."""
    found = Shot.objects.filter(project=project).first()
    return found or shots.add_all(project.created_by, project, [Words("SH010")])[0]


def a_month(project: Any, bob: Any) -> None:
    """Odd sums in two projects, of two people at two gateways; one is held still, one came back."""
    other = factories.make_project(
        bob, name="=HYPERLINK(1)", client=Client.objects.create(name="Kestrel, Ærospace")
    )
    keys = {"base_url": factories.CLOSED_PORT}
    one = factories.make_model(label="One", account=factories.make_account(name="one key", **keys))
    two = factories.make_model(label="Two", account=factories.make_account("venice", name="two key", **keys))
    for number, place in enumerate([project, other, project]):
        take = spent(
            place, f"0.{number + 1}05", told=f"1.00{number}3", model=[one, two][number % 2], review="approved"
        )
        factories.make_output(take, duration_s=5.04)
        Tagging.objects.create(tag=Tag.objects.get_or_create(project=place, name="+hero")[0], generation=take)
        take.shot = _first_shot(place)
        take.save()
    spent(other, "1.235", None, model=one)
    spent(project, "0.015", release="not billed", status="failed", failure_billed=False, model=one)


@pytest.mark.parametrize("by", NAMES)
def test_the_file_says_what_the_page_says_to_the_cent(look, project, bob, by):
    a_month(project, bob)
    page, found = cells(look(by=by)), rows(look("/spend/table.csv", by=by))
    assert len(page) == len(found) > 1
    for line, row in zip(page, found, strict=True):
        line = line[-8:]  # the numbers
        assert line[0] == row["takes"] and line[5] == row["refused_takes"]
        for text, name in zip(line[1:5], ("quoted", "actual", "released", "still_held"), strict=True):
            assert text == f"${Decimal(row[name]).quantize(Decimal('0.01'), ROUND_HALF_UP)}", name
        wanted = row["an_approved_second"]
        assert line[7] == (f"${Decimal(wanted).quantize(Decimal('0.01'), ROUND_HALF_UP)}" if wanted else "–")
    assert found[-1]["actual"] == "3.0039" and found[-1]["name"] == "All"
    assert {row["name"] for row in found} == NAMES[by] | {"All"}
    if by != "tag":
        assert sum(Decimal(row["actual"]) for row in found[:-1]) == Decimal("3.0039")


def test_shots_of_one_code_are_told_apart_and_lead_to_their_takes(look, project, bob, signed_in):
    a_month(project, bob)
    found = rows(look("/spend/table.csv", by="shot"))
    assert [(row["name"], row["beside"]) for row in found] == [
        ("SH010", "Harbour film"),
        ("SH010", "'=HYPERLINK(1)"),
        ("No shot", ""),
        ("All", ""),
    ]
    other = Shot.objects.exclude(project=project).get()
    for named, row in ((str(other.pk), found[1]), ("none", found[2])):
        narrowed = rows(look("/spend/table.csv", by="shot", shot=named))
        assert narrowed[0] == row and narrowed[-1]["actual"] == row["actual"] and len(narrowed) == 2
    page = look(shot=str(other.pk))
    assert "SH010, =HYPERLINK(1)" in html.unescape(page)
    assert str(other.pk) in look(by="shot") and "shot=none" in look(by="shot")
    assert "by its id" in look(shot="SH010", status=422)
    asked = {**NOVEMBER, "shot": str(other.pk)}
    assert signed_in(project.created_by).get("/spend", asked).status_code == 404


def test_the_lines_add_up_to_the_page_and_are_no_formulas(look, project, bob, producer):
    a_month(project, bob)
    LedgerEntry.objects.filter(kind="release").update(note='=cmd|" /C calc"!A0')
    found = rows(look("/spend/lines.csv"))
    total = {
        kind: sum(Decimal(row["amount"]) for row in found if row["kind"] == kind)
        for kind in ("hold", "settle", "correct")
    }
    table = rows(look("/spend/table.csv"))[-1]
    assert total["hold"] == Decimal(table["quoted"])
    assert total["settle"] + total["correct"] == Decimal(table["actual"])
    assert {row["project"] for row in found} == {"Harbour film", "'=HYPERLINK(1)"}
    assert {row["note"][:5] for row in found if row["kind"] == "release"} == {"'=cmd"}
    assert {row["client"] for row in found} == {"", "Kestrel, Ærospace"}
    assert "'+hero" in look("/spend/table.csv", by="tag")


def test_every_number_leads_to_its_takes_and_each_take_to_its_receipt(
    look, project, bob, producer, signed_in
):
    a_month(project, bob)
    factories.add_member(project, producer, "viewer")
    client, page = signed_in(producer), look(by="project")
    table = page[page.index('class="table spendtable"') :].split("</table>")[0]
    links = {html.unescape(link) for link in re.findall(r'href="(/spend/takes\?[^"]+)"', table)}
    assert len(links) > 12
    for link in links:
        listed = client.get(link).content.decode()
        [count] = map(int, re.findall(r"<h2>.*?(\d+) takes?</h2>", listed, re.S))
        receipts = re.findall(r'class="promptcell" href="([^"]+)"', listed)
        assert len(receipts) == count > 0, link
    listed = client.get(sorted(links)[0]).content.decode()
    for receipt in re.findall(r'class="promptcell" href="([^"]+)"', listed):
        told = client.get(receipt.split("#")[0])
        assert told.status_code == 200 and 'id="h-receipt"' in told.content.decode()


def test_a_producer_pays_for_clips_that_are_not_theirs_to_look_at(look, project, signed_in, producer, alice):
    secret = spent(project, "1", prompt="The secret product")
    listed = look("/spend/takes")
    assert "The secret product" not in listed and f"/spend/takes/{secret.pk}" in listed
    told = signed_in(producer).get(f"/spend/takes/{secret.pk}").content.decode()
    assert "$1.00" in told and "The secret product" not in told
    assert signed_in(producer).get(f"/t/{secret.pk}").status_code == 404
    assert signed_in(alice).get(f"/spend/takes/{secret.pk}").status_code == 302  # to the take itself


def test_owners_are_told_nothing_of_other_projects(project, alice, bob, signed_in, producer):
    other = factories.make_project(
        producer, name="Hidden film", client=Client.objects.create(name="Hidden client")
    )
    take = spent(other, "9")
    client, stranger = signed_in(alice), factories.make_user(display_name="Hidden person")
    page = client.get("/spend", NOVEMBER).content.decode()
    assert "Hidden" not in page and "No take was made" in page
    for named in (
        {"project": other.pk},
        {"client": other.client_id},
        {"person": stranger.pk},
        {"account": take.account_id},
    ):
        assert client.get("/spend", named).status_code == 404, named
    assert client.get(f"/spend/takes/{take.pk}").status_code == 404
    assert signed_in(bob).get("/spend").status_code == 403


def test_who_may_see_spend_finds_it_in_the_rail(project, alice, bob, producer, signed_in):
    for person, sees in ((alice, True), (producer, True), (bob, False)):
        assert ('href="/spend"' in signed_in(person).get("/").content.decode()) is sees, person


@pytest.mark.parametrize(
    "asked",
    [
        {"range": "always"}, {"since": "2026-11-30", "until": "2026-11-01"}, {"tz": "Mars/Olympus"},
        {"tz": "Europe"}, {"tz": "../../etc/passwd"}, {"client": "nobody"}, {"project": "x"},
        {"money": "usd"}, {"by": "mood"}, {"gateway": "acme"}, {"since": "1066-10-14"}, {"which": "mine"},
    ],
)  # fmt: skip
def test_nonsense_is_said_and_shows_no_other_numbers_than_it_says(signed_in, producer, project, asked):
    reply = signed_in(producer).get("/spend", asked)
    assert reply.status_code == 422 and 'role="alert"' in reply.content.decode()
    assert signed_in(producer).get("/spend/table.csv", asked).status_code == 422


def test_a_filter_that_narrows_the_page_is_shown_on_it(look, project):
    spent(project, "1")
    page = look(which="released", project=str(project.pk))
    chips = page.split('class="spendfilters"')[1].split("</ul>")[0]
    assert "Released" in chips and "Harbour film" in chips and "$0.00" in page


def test_what_there_is_to_reconcile(look, project, producer):
    model = factories.make_model()
    spent(project, "0.96", told="1.12", model=model, prompt="Over the weather")
    spent(project, "0.50", model=model)
    spent(project, "0.75", None, status="uncertain", model=model)
    late = spent(project, "0.30", release="dropped", model=model)
    page = look()
    assert "Quoted $0.96, charged $1.12 by Token360" in page and "1 to settle, $0.75 held" in page
    listed = look("/spend/reconcile")
    assert "0 disagree" in listed and "+$0.16" in listed and "Tuesday, 10 November 2026" in listed
    assert "No result came after" in listed
    ledger.settle(late.pk, 1, Decimal("0.30"), "quoted")
    LedgerEntry.objects.filter(take_id=late.pk).update(created_at=NOON)
    listed = look("/spend/reconcile")
    assert "it was charged then" in listed
    assert (
        "1 disagrees" in listed and "another sum was charged" in listed
    )  # the row was not told, so it is named


def test_what_is_charged_on_a_guess_is_named(look, project):
    assert "it is known whether it was charged" in look("/spend/reconcile")
    lost = spent(project, "0.96", status="failed", failure_billed=None)
    spent(project, "0.50", status="failed", failure_billed=True)
    listed = look("/spend/reconcile")
    section = listed.split('id="guessed"')[1].split("</section>")[0]
    assert "$0.96 is booked as if it had" in section
    assert str(lost.pk) in section and "0.50" not in section


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"held_usd": Decimal("0.76")}, "another sum is held"),
        ({"actual_usd": Decimal("0.7500001")}, ""),
        ({"actual_usd": Decimal("0.76")}, "another sum was charged"),
        ({"attempt": 2}, ""),
    ],
)
def test_drift_is_named(look, project, fields, words):
    take = spent(project, "0.75")
    type(take).objects.filter(pk=take.pk).update(**fields)
    listed = look("/spend/reconcile")
    assert (words in listed and "1 disagrees" in listed) if words else "0 disagree<" in listed


def test_money_of_no_take_is_named_and_so_is_an_open_hold_too_many(look, project):
    gone, held = spent(project), spent(project, "1", None, status="failed", failure_billed=True)
    gone.delete()
    listed = look("/spend/reconcile")
    assert "2 disagree" in listed and "a take that does not exist" in listed and str(held.pk)[-12:] in listed


def test_long_lists_come_by_pages_without_loss(look, project, monkeypatch):
    from generations import spend_takes

    monkeypatch.setattr(spend_takes, "PAGE", 2)
    model = factories.make_model()
    wanted = {str(spent(project, model=model).pk) for _ in range(5)}
    seen, asked = [], {}
    for _ in range(3):
        listed = look("/spend/takes", **asked)
        seen += re.findall(r'href="/spend/takes/([0-9a-f-]{36})"', listed)
        older = re.search(r"before=([0-9a-f-]+)", listed)
        asked = {"before": older.group(1)} if older else {}
    assert len(seen) == 5 and set(seen) == wanted and not asked


def test_an_empty_studio_and_its_sandbox_say_so(signed_in, producer, project):
    assert "No take was made in this range" in signed_in(producer).get("/spend").content.decode()
    spent(
        project,
        "0",
        model=factories.make_model(account=factories.make_account(sandbox=True)),
        at=datetime.now(UTC) - timedelta(seconds=1),
    )
    page = signed_in(producer).get("/spend").content.decode()
    assert "Look at Sandbox" in page
    assert "The sandbox charges nothing" in signed_in(producer).get("/spend?money=sandbox").content.decode()


@pytest.mark.parametrize("by", NAMES)
def test_the_api_says_what_the_file_says(look, project, bob, by, producer, client):
    a_month(project, bob)
    headers = {"Authorization": f"Bearer {factories.make_token(producer, 'read')}"}
    said = {name: day for name, day in NOVEMBER.items() if name != "range"}
    told = client.get("/api/v1/usage", {**said, "by": by}, headers=headers).json()
    found = rows(look("/spend/table.csv", by=by))
    for group, row in zip([*told["groups"], told["total"]], found, strict=True):
        assert group["takes"] == int(row["takes"]) and group["refused"] == int(row["refused_takes"])
        names = {"quoted": "quoted", "actual": "actual", "released": "released", "held": "still_held"}
        assert {name: group[name] for name in names} == {name: row[column] for name, column in names.items()}
        assert (group["an_approved_second"] or "") == row["an_approved_second"]
        assert group["approved_s"] == row["approved_seconds"]
    assert sum(Decimal(step["actual"]) for step in told["over_time"]) == Decimal(told["total"]["actual"])


def test_the_api_finds_a_project_by_its_address_and_says_what_it_cannot_read(project, alice, client):
    spent(project, "1.5", at=datetime.now(UTC))
    headers = {"Authorization": f"Bearer {factories.make_token(alice, 'read')}"}

    def ask(**asked: Any) -> Any:
        return client.get("/api/v1/usage", asked, headers=headers)

    for named in (project.slug, project.pk):
        assert ask(project=named, range="30").json()["total"]["actual"] == "1.50"
    assert ask(project=factories.make_project().pk).status_code == 404
    for wrong in ({"project": "no-such"}, {"tz": "Mars"}, {"by": "mood"}, {"client": "x"}, {"money": "x"}):
        reply = ask(**wrong)
        assert reply.status_code == 422 and reply.json()["error"]["field"] == next(iter(wrong))
