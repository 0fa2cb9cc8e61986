"""A published reading, computed once more."""

import numpy as np

from firstwin.people.config.store import Definition
from firstwin.signals.scores.compute import scores_of
from firstwin.signals.scores.gathered import gathered_from


def recomputed(definition: Definition, inputs: bytes) -> bytes:
    """The result, from the inputs and the definition alone. To the byte what was published with them."""
    found = gathered_from(definition.parsed, inputs)
    return scores_of(definition.parsed, found, np.zeros(1, np.int64)).row(0).result
