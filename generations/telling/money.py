"""What becomes of a take's money, one sentence for each occasion.

A sandbox take costs nothing, so no sentence about one says that money may be gone. Of a real take the true
thing is said, also where nobody can tell. Every page, card, question and terminal line takes its words here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from generations.models import Generation, Status

from . import dollars

# what the ledger's notes say of a bill; a sandbox has none
_OF_A_BILL = frozenset({"billed", "not billed", "may have been billed"})


@dataclass(frozen=True)
class Question:
    """What a button does to the money, asked before it does it: the words on the button, a title, what it
    means, and the words of the answer."""

    words: str
    title: str
    ask: str
    sure: str


def no_cost() -> str:
    return _("Sandbox: nothing is charged.")


def waits(take: Generation) -> str:
    """Of a take that has not ended."""
    if take.account.sandbox:
        return no_cost()
    if take.held_usd is None:
        return _("The price of this take is not known.")
    return _("%(sum)s is held until it ends.") % {"sum": dollars(take.held_usd)}


def waits_in_line(take: Generation) -> str:
    """Of a take that was not sent and can be cancelled for nothing."""
    if take.account.sandbox:
        return no_cost()
    if take.held_usd is None:
        return _("The price of this take is not known. Cancelled before it is sent, it costs nothing.")
    return _("%(sum)s is held; cancelling releases it.") % {"sum": dollars(take.held_usd)}


def made_but_not_here(take: Generation) -> str:
    """Of a take whose file the gateway made and the studio could not store."""
    if take.account.sandbox:
        return no_cost()
    if take.held_usd is None:
        return _("The gateway made it, so it is paid for there; the price is not known.")
    words = _("The gateway made it, so it is paid for there; %(sum)s is held.")
    return words % {"sum": dollars(take.held_usd)}


def uncertain(take: Generation) -> str:
    if take.account.sandbox:
        return no_cost()
    if take.held_usd is None:
        return _("It may have been billed.")
    return _("It may have been billed; %(sum)s stays held.") % {"sum": dollars(take.held_usd)}


def failed(take: Generation) -> str:
    return billed_or_not(take.failure_billed, sandbox=take.account.sandbox)


def billed_or_not(billed: bool | None, *, sandbox: bool) -> str:
    """:param billed: None where nobody can tell."""
    if sandbox:
        return no_cost()
    if billed is None:
        return _("It may have been charged: look at your account at the gateway.")
    return _("It was charged.") if billed else _("Not charged.")


def cancelled(take: Generation) -> str:
    """Of a take that was cancelled or dropped, once the gateway has nothing more to say."""
    if take.account.sandbox:
        return no_cost()
    if take.actual_usd:
        words = _("%(sum)s was charged.")
        if take.actual_basis == "unknown":
            words = _("It may have been charged; %(sum)s counts as spent.")
        return words % {"sum": dollars(take.actual_usd)}
    if take.completed_at and take.held_usd is None:
        return _("It was charged; the price is not known.")
    if take.submitted_at and not take.job_id:
        return _("The held sum was released. If the gateway made it all the same, its bill shows it.")
    return _("Nothing was charged.")


def cancelling(take: Generation) -> Question:
    if take.status == Status.STORING:
        words = _("Give it up")
        return Question(words, _("Give this take up?"), _giving_up(take), words)
    ask = _accepted(take) if take.status == Status.RUNNING else _not_sent(take)
    return Question(_("Cancel"), _("Cancel this take?"), ask, _("Cancel the take"))


def _giving_up(take: Generation) -> str:
    charged = _("The gateway made it, so it is paid for there and the held sum is charged.")
    return _("The take ends without a clip.") + " " + (no_cost() if take.account.sandbox else charged)


def _accepted(take: Generation) -> str:
    words = _("The gateway has accepted it and cannot stop it. A clip that comes is kept in the trash.")
    return f"{words} {no_cost() if take.account.sandbox else _('It will most likely be charged.')}"


def _not_sent(take: Generation) -> str:
    if take.account.sandbox:
        return _("It was not sent yet.") + " " + no_cost()
    return _("It was not sent yet: nothing is charged and the held sum is released.")


def dropping(take: Generation) -> Question:
    """Of an uncertain take."""
    ask = _(
        "The held sum is released here. If the gateway made the clip all the same, its own bill will show "
        "it, and the clip is not collected."
    )
    if take.account.sandbox:
        ask = _("The studio stops looking for it; its clip is not collected.") + " " + no_cost()
    return Question(_("Drop it"), _("Drop this take?"), ask, _("Drop it"))


def submitting_again(take: Generation) -> Question:
    """Of an uncertain take that a person calls lost."""
    title, ask = _("Submit this take again?"), _("A second request goes out.")
    if take.account.sandbox:
        return Question(_("It is lost, submit again"), title, f"{ask} {no_cost()}", _("Submit again"))
    return Question(
        _("It is lost, submit again (may bill twice)"),
        title,
        ask + " " + _("If the first one arrived after all, both are billed."),
        _("Submit again, may bill twice"),
    )


def note(text: str, *, sandbox: bool) -> str:
    """A ledger line's note; in the sandbox without what it says of a bill."""
    parts = text.split("; ") if sandbox else [text]
    return "; ".join(part for part in parts if not sandbox or part not in _OF_A_BILL)
