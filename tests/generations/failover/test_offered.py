"""The same model at another account: offered for what is known not to have been accepted, and no more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Event, Generation, Status
from generations.services import allow_changes, elsewhere, failover
from generations.services.refusals import NotAllowed, WrongState
from generations.telling.elsewhere import differences
from providers.models import AllowList, LedgerEntry, VideoModel
from tests.factories import (
    CAPABILITIES,
    CLOSED_PORT,
    add_member,
    make_account,
    make_asset,
    make_take_row,
)
from tests.generations.failover.desk import REFUSED, close, fresh, run, twin_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("row", "closed", "goes"),
    [
        (REFUSED, False, True),
        ({**REFUSED, "failure_class": "key_rejected"}, True, True),
        ({**REFUSED, "failure_class": "rate_limited"}, False, True),
        ({**REFUSED, "failure_class": "provider_down"}, False, True),
        ({**REFUSED, "failure_class": "provider_down", "job_id": "there"}, False, False),  # it was accepted
        ({**REFUSED, "failure_billed": None}, False, False),  # it may have been billed
        ({**REFUSED, "failure_billed": True}, False, False),
        ({**REFUSED, "failure_class": "moderation"}, False, False),
        ({**REFUSED, "failure_class": "lost"}, False, False),
        ({"status": Status.QUEUED}, True, True),
        ({"status": Status.QUEUED}, False, False),
        ({"status": Status.QUEUED, "awaits_inputs": True}, True, False),
        *[
            ({"status": status}, True, False)
            for status in Status
            if status not in (Status.QUEUED, Status.FAILED)
        ],
    ],
)
def test_only_what_is_known_not_to_be_accepted_is_offered(bob, project, model, other, row, closed, goes):
    take = make_take_row(project=project, model=model, author=bob, hold=False, **row)
    if closed:
        close(model.account)
    found = failover.offered(bob, fresh(take))
    assert [item.way.offer.model for item in found] == ([other] if goes else [])
    if not goes:
        with pytest.raises(WrongState):
            run(bob, fresh(take), other)
        assert Generation.objects.count() == 1 and not LedgerEntry.objects.exists()


@pytest.mark.parametrize("row", [{}, REFUSED], ids=["in line again", "the second one was refused"])
def test_a_take_whose_first_submit_may_have_arrived_stays(bob, signed_in, project, model, other, row):
    take = make_take_row(project=project, model=model, author=bob, hold=False, **row)
    Event.objects.create(project=project, generation=take, kind="submitted again")
    close(model.account)
    assert failover.offered(bob, fresh(take)) == []
    assert not failover.in_vain(bob, fresh(take).account).exists()
    with pytest.raises(WrongState):
        run(bob, fresh(take), other)
    assert Generation.objects.count() == 1 and not LedgerEntry.objects.exists()
    client, url = signed_in(bob), f"/t/{take.pk}/elsewhere"
    assert f'hx-get="{url}"' in client.get(f"/t/{take.pk}").content.decode()
    told = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "A first submit of it was declared lost and may still be billed" in told


def test_a_model_that_is_gone_is_offered_where_it_still_is(bob, project, model, other):
    take = make_take_row(project=project, model=model, **{**REFUSED, "failure_class": "invalid_input"})
    assert failover.offered(bob, fresh(take)) == []
    VideoModel.objects.filter(pk=model.pk).update(retired_at=timezone.now())
    assert [item.way.offer.model for item in failover.offered(bob, fresh(take))] == [other]


@pytest.mark.parametrize("why", ["closed", "retired", "sandbox", "mode", "barred", "takes less", "another"])
def test_an_account_that_cannot_do_it_is_not_offered(admin, bob, project, model, why):
    inputs = [("first_frame", make_asset(project=project))] if why == "takes less" else []
    fields: dict[str, Any] = {
        "closed": {"account": make_account("elkapi", base_url=CLOSED_PORT, enabled=False)},
        "retired": {"retired_at": timezone.now()},
        "sandbox": {"account": make_account("elkapi", base_url=CLOSED_PORT, sandbox=True)},
        "mode": {"capabilities": {**CAPABILITIES, "modes": ["image_to_video"]}},
        "takes less": {"capabilities": {**CAPABILITIES, "inputs": {"first_frame": {"min_side_px": 5000}}}},
        "another": {"label": "Longer", "wire_id": "longer"},
    }.get(why, {})
    twin_of(model, "elkapi", **fields)
    if why == "barred":
        allow_changes.make(
            admin, AllowList(scope="project", project_id=project.pk, accounts=[model.account_id])
        )
    take = make_take_row(project=project, model=model, inputs=inputs, **REFUSED)
    assert failover.offered(bob, fresh(take)) == []
    words = elsewhere.why_barred(bob, fresh(take))
    assert words.endswith("The allow-list of this project.") if why == "barred" else words == ""


def test_who_may_not_spend_is_offered_nothing(charlie, project, model, other):
    add_member(project, charlie, "reviewer")
    take = make_take_row(project=project, model=model, **REFUSED)
    with pytest.raises(NotAllowed):
        failover.offered(charlie, fresh(take))


def test_all_that_differs_is_said_before_the_click(bob, project, model):
    caps = {**CAPABILITIES, "durations_s": [4, 8], "resolutions": ["480p", "4k"], "seed": False}
    caps |= {"negative_prompt": False, "audio": "fixed", "privacy": "anonymized", "may_ask_consent": True}
    there = twin_of(model, "elkapi", capabilities=caps)
    picture = make_asset(project=project)
    take = make_take_row(project=project, model=model, inputs=[("first_frame", picture)], **REFUSED)
    take.request |= {"seed": 7, "negative_prompt": "fog", "resolution": "1080p", "duration_s": 10.0}
    take.save()
    (item,) = failover.offered(bob, fresh(take))
    request = item.way.composition.request
    assert (request.duration_s, request.resolution, request.seed) == (8, "480p", None)
    assert item.way.offer.model == there and item.quote.amount_usd == Decimal("1.60")
    assert differences(item) == [
        "ElkAPI instead of Token360, with its own rules for words and pictures.",
        "Length 8 s instead of 10 s.",
        "Resolution 480p instead of 1080p.",
        "Seed 7: not taken there.",
        "Without: fog: not taken there.",
        "With sound, which cannot be switched off there.",
        "It may ask for consent about people in the pictures.",
        "Anonymized: a third party runs it, and is not told who asks.",
        "$1.60 instead of $0.75.",
    ]
