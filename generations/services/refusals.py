"""Refusals that many services share; each has the words that say why."""


class NotAllowed(Exception):
    """The person may not do that in this project."""
