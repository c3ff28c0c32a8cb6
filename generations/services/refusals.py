"""Refusals that many services share; each has the words that say why."""


class NotAllowed(Exception):
    """The person may not do that in this project."""


class BadField(ValueError):
    """What was filled in cannot be: ``field`` says where, ``message`` why, in one sentence for people."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(message)


class WrongState(Exception):
    """It is no longer in a state that allows this."""
