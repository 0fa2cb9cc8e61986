"""A small vocabulary of errors. Each decides what happens next and carries the sentence a person is shown."""

from collections.abc import Mapping


class FirstwinError(Exception):
    """Base of our own errors. `message` is the sentence shown; it says what to do."""

    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(FirstwinError):
    """The request makes no sense as it stands: shown at `field`, what was typed is kept, nothing is retried."""

    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(FirstwinError):
    """The person may see the thing but not do this to it. What they may not see is a 404, never this."""

    status = 403


class NotFound(FirstwinError):
    """Not there, or not visible to the asker: the two are the same answer on purpose."""

    status = 404


class Conflict(FirstwinError):
    """Somebody else changed it first. Carries both versions so a person can choose.

    mine, theirs: field label → value as shown.
    """

    status = 409

    def __init__(self, message: str, *, mine: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        super().__init__(message)
        self.mine = dict(mine)
        self.theirs = dict(theirs)


class TryAgain(FirstwinError):
    """A passing fault (a lock, a full queue, an upstream that is down): the caller may repeat it later."""

    status = 503
