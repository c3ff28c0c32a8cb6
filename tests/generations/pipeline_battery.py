"""What the line must do alike on every gateway: from the submit to the stored clip, over real HTTP.

``class TestAcme(PipelineBattery)`` names words that the sandbox acts on; its module has a fixture ``desk``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from django.urls import reverse

from generations.models import Generation, Output, Status
from generations.storage import media_store
from providers import ledger
from tests.generations.desk import Desk
from tests.generations.pipeline import Line


class PipelineBattery:
    """Fill in the attributes; what only this gateway does stands beside it as tests of its own."""

    name: ClassVar[str]
    # words in a prompt that the sandbox acts on: got over; refused in the end; an answer to the submit that
    # tells nothing, with the count of jobs it made nevertheless
    troubles: ClassVar[Sequence[str]]
    refusals: ClassVar[Sequence[tuple[str, str, bool | None]]]  # word, failure class, whether it was billed
    unknown: ClassVar[Sequence[tuple[str, int]]] = (("lost answer", 1),)
    refused: ClassVar[str] = "refused"  # a word whose refusal is the answer to the submit
    clip_s: ClassVar[float] = 4.0
    within_s: ClassVar[float] = 60

    def check_stored(self, take: Generation) -> None:
        """What else holds for every stored take of this gateway."""

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Each case runs once for each of the words that the gateway names for it."""
        cases = {"trouble": self.troubles, "refusal": self.refusals, "answer": self.unknown}
        for name in cases.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(name, cases[name], ids=_word)

    # -- to the stored clip ------------------------------------------------------------------------

    def test_a_take_becomes_a_stored_clip(self, studio: Line, desk: Desk) -> None:
        take = desk.take(desk.prompt())
        assert take.account.gateway == self.name
        assert [hold.take_id for hold in ledger.open_holds()] == [take.pk]
        self.check_clip(studio.finish(take, self.within_s, derived=True), desk)
        made = set(take.outputs.values_list("kind", flat=True))
        assert made == set(Output.Kind.values) - {Output.Kind.SOUNDED, Output.Kind.PROXY}

    def test_trouble_on_the_way_is_got_over(self, studio: Line, desk: Desk, trouble: str) -> None:
        take = desk.take(desk.prompt(trouble))
        self.check_clip(studio.finish(take, self.within_s), desk)

    def check_clip(self, take: Generation, desk: Desk) -> None:
        """Stored as it is recorded, billed once, and the money booked."""
        assert take.status == Status.COMPLETED, take.failure_message
        clip = take.outputs.get(kind=Output.Kind.VIDEO)
        assert clip.duration_s == pytest.approx(self.clip_s, abs=0.1)
        assert media_store().path(clip.file).stat().st_size == clip.size_bytes
        assert len(desk.bills(take)) == 1
        assert not ledger.open_holds().exists()
        self.check_stored(take)

    # -- how it ends badly -------------------------------------------------------------------------

    def test_a_definite_no_ends_it(
        self, studio: Line, desk: Desk, refusal: tuple[str, str, bool | None]
    ) -> None:
        word, failure_class, billed = refusal
        take = studio.finish(desk.take(desk.prompt(word)), self.within_s)
        told = (take.status, take.failure_class, take.failure_billed)
        assert told == (Status.FAILED, failure_class, billed)
        assert not ledger.open_holds().exists()

    def test_a_refusal_names_its_call_to_administrators(
        self, studio: Line, desk: Desk, admin: Any, signed_in: Any
    ) -> None:
        take = studio.finish(desk.take(desk.prompt(self.refused)), self.within_s)
        name = take.account.adapter.call_id_headers[0]
        first = take.failure_raw.partition("\n")[0]
        assert take.status == Status.FAILED and re.fullmatch(rf"{name}: [\w-]{{8,}}", first), first
        url = reverse("take", args=[take.pk])
        assert first in signed_in(admin).get(url).content.decode()
        assert first not in signed_in(take.author).get(url).content.decode()

    def test_an_answer_that_tells_nothing_keeps_the_hold_and_is_not_sent_again(
        self, studio: Line, desk: Desk, answer: tuple[str, int]
    ) -> None:
        word, made = answer
        take = desk.take(desk.prompt(word))
        studio.send()
        take.refresh_from_db()
        assert take.status == Status.UNCERTAIN
        assert ledger.open_holds().count() == 1
        self.after_no_answer(studio, desk, take)
        assert len(desk.bills(take)) == made

    def after_no_answer(self, studio: Line, desk: Desk, take: Generation) -> None:
        """No list of jobs can be asked, so it waits for a person; otherwise override this."""
        for _ in range(3):
            studio.turn()
        take.refresh_from_db()
        assert (take.status, take.next_poll_at) == (Status.UNCERTAIN, None)
        assert ledger.open_holds().count() == 1

    # -- the account -------------------------------------------------------------------------------

    def test_a_rejected_key_stops_the_account(self, studio: Line, desk: Desk) -> None:
        desk.account.set_key("a-key-of-somebody-else")
        desk.account.save()
        take = studio.finish(desk.take(desk.prompt("odd key")))
        told = (take.status, take.failure_class, take.failure_billed)
        assert told == (Status.FAILED, "key_rejected", False)
        desk.account.refresh_from_db()
        assert desk.account.is_paused() and not desk.bills(take)
        assert not ledger.open_holds().exists()


def _word(case: str | tuple[Any, ...]) -> str:
    return case if isinstance(case, str) else case[0]
