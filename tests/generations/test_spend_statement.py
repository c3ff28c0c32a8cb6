"""A gateway's statement beside the ledger: read as gateways write it, matched, and nothing changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generations.services import bill_file, bill_match
from generations.services.bill_file import Unreadable
from providers.models import LedgerEntry
from tests import factories
from tests.generations.spend_rows import NOON, november, spent

pytestmark = pytest.mark.django_db
RANGE = "/spend/statement?since=2026-11-01&until=2026-11-30"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Job ID,Amount,Created at\nj1,$1.12,2026-11-10T12:00:00Z\n", ("j1", 1_120_000, NOON)),
        (
            "\ufefftask_id;Cost (USD);Date\r\nj1;1,12;2026-11-10\r\n\r\n",
            ("j1", 1_120_000, NOON - timedelta(hours=12)),
        ),
        ("date\tamount\n1762776000\t-0.5\n", ("", 500_000, datetime(2025, 11, 10, 12, tzinfo=UTC))),
        ('id,total\n"j,1","1,234.5"\n', ("j,1", 1_234_500_000, None)),
        ("id,cost,time\nj1,0.0000014,whenever\n", ("j1", 1, None)),
        ("id,cost,time\nj1,1,0001-01-01T00:00:00\n", ("j1", 1_000_000, None)),
    ],
)
def test_statements_are_read_as_gateways_write_them(text: str, found: tuple[Any, ...]) -> None:
    chosen = {"amount": "Cost (USD)"} if "(USD)" in text else {}
    (row,) = bill_file.read(text.encode(), chosen)
    assert (row.job, row.micro, row.at) == found


@pytest.mark.parametrize(
    "content",
    [
        b"", b"a,b\n", b"\xff\xfe1", b"colour,mood\n1,2\n", b"id,amount\nj1,a lot\n", b"id,amount\nj1,NaN\n",
        b"id,amount\nj1,1e9\n", b'id,amount\n"j1,1\n', b"id\nj1\n", b"id,amount\nj1\n",
        b"id,amount\n" + b"j,1\n" * (bill_file.MOST_ROWS + 1), b"x" * (bill_file.MOST_BYTES + 1),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_said_so(content: bytes, signed_in: Any, producer: Any) -> None:
    with pytest.raises(Unreadable):
        bill_file.read(content)
    said = {"account": factories.make_account().pk, "file": SimpleUploadedFile("a.csv", content)}
    reply = signed_in(producer).post(RANGE, said)
    assert reply.status_code == 422 and 'role="alert"' in reply.content.decode()


@pytest.mark.parametrize("by", ["job", "amount"])
def test_lines_go_together_and_what_is_left_is_named(
    producer: Any, project: Any, by: str, signed_in: Any
) -> None:
    model = factories.make_model()
    same, other, gone = (spent(project, sum_, model=model, job_id=job) for sum_, job in
                         (("0.75", "j1"), ("0.96", "j2"), ("0.33", "j3")))  # fmt: skip
    spent(project, "0.75")  # of another account
    at, late = NOON.isoformat(), (NOON + timedelta(hours=1)).isoformat()
    jobs = {"job": ("j1", "j2"), "amount": ("", "")}[by]
    text = f"job,amount,time\n{jobs[0]},0.75,{late}\n{jobs[1]},1.12,{at}\n<b>j9</b>,0.10,{at}\n"
    before = list(LedgerEntry.objects.order_by("pk").values())
    found = bill_match.compare(producer, november(account=model.account_id), bill_file.read(text.encode()))
    assert [(pair.here.take_id, pair.by) for pair in found.same] == [(same.pk, by)]
    left = {here.take_id for here in found.missing_there}
    if by == "job":
        assert [(pair.here.take_id, pair.billed) for pair in found.other] == [(other.pk, 1_120_000)]
        assert left == {gone.pk} and [row.job for row in found.missing_here] == ["<b>j9</b>"]
    else:
        assert left == {gone.pk, other.pk} and [row.micro for row in found.missing_here] == [
            1_120_000,
            100_000,
        ]
    said = {"account": model.account_id, "file": SimpleUploadedFile("bill.csv", text.encode())}
    page = signed_in(producer).post(RANGE, said)
    assert page.status_code == 200 and "<b>j9" not in page.content.decode()
    assert list(LedgerEntry.objects.order_by("pk").values()) == before


def test_two_lines_of_one_job_are_one_bill_and_alike_takes_go_to_one_line_each(
    producer: Any, project: Any
) -> None:
    model = factories.make_model()
    spent(project, "1.00", model=model, job_id="j1")
    twins = {spent(project, "0.5", model=model, at=NOON + timedelta(minutes=n)).pk for n in range(2)}
    at = NOON.isoformat()
    text = f"job,amount,time\nj1,0.75,{at}\nj1,0.25,{at}\n,0.5,{at}\n,0.5,{at}\n,0.5,{at}\n"
    found = bill_match.compare(producer, november(account=model.account_id), bill_file.read(text.encode()))
    assert {pair.here.take_id for pair in found.same if pair.by == "amount"} == twins
    assert len(found.same) == 3 and len(found.missing_here) == 1 and not found.missing_there


def test_owners_upload_no_statement_of_a_whole_account(signed_in: Any, alice: Any, project: Any) -> None:
    assert signed_in(alice).get("/spend/statement").status_code == 403
    assert "/spend/statement" not in signed_in(alice).get("/spend").content.decode()
