"""Refusals that many services share; each has the words that say why."""


class NotAllowed(Exception):
    """The person may not do that in this project."""


class WrongState(Exception):
    """It is no longer in a state that allows this."""
