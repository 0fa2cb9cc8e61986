"""One bad element never fails its batch.

Some programs write what JSON does not know: NaN and Infinity, halves of surrogate pairs, bytes that are no UTF-8, or
nest so deep that no parser follows. If that stands within elements, the batch is taken as it is: the compactor reads it
element by element and shows the bad ones in the debugger. Anything else that is no JSON is a mistake in how the batch
was made, and its sender must hear of it.
"""

import json

from firstwin.usage.compact.careful import Unfit, split_batch
from firstwin.usage.ingest.limits import BadBody
from firstwin.usage.ingest.syntax import Checked, checked, of_size


def salvaged(body: bytes, problem: BadBody) -> Checked:
    """What such a batch holds. Raises `problem`, why it could not be read as a whole, where it cannot be helped."""
    if problem.code not in {"bad_json", "bad_encoding", "too_deep"}:
        raise problem
    if problem.code == "bad_json" and not _is_loosely_json(body):
        raise problem
    try:
        around, elements = split_batch(body)
        write_key = checked(around, is_batch=True).write_key
    except (Unfit, BadBody):
        raise problem from None
    return of_size(Checked(len(elements), write_key))


def _is_loosely_json(body: bytes) -> bool:
    """Python's own reader takes NaN, Infinity and half a pair, and nothing else that it should not."""
    try:
        json.loads(body)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True
