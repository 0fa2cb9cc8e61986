"""What one request may hold, the calls there are, and who may make them. Imports nothing: the server starts here."""

PREFIX = "/v1/"

EVENT_BYTES = 32 * 1024
"""Of one event: a single call that is larger is refused, an element of a batch is turned down by itself."""

BATCH_BYTES = 500 * 1024
BATCH_EVENTS = 2_500

BATCH = ""
"""What stands for the call of a path that takes batches."""

CALLS = {
    "track": "track",
    "identify": "identify",
    "group": "group",
    "page": "page",
    "screen": "screen",
    "alias": "alias",
    "batch": BATCH,
    "import": BATCH,
    "t": "track",
    "i": "identify",
    "g": "group",
    "p": "page",
    "s": "screen",
    "a": "alias",
    "b": BATCH,
}
"""The last word of a path → its call. The short ones are those of the browser's library."""

ANYONE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-store",
}
"""Headers of every answer: any page of any site may send events and read what came of it. No cookie is looked at."""


class BadBody(Exception):
    """A body that cannot be taken: too large, or no JSON. code: a machine word; message: the sentence for a person."""

    def __init__(self, code: str, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column
