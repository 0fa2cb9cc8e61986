"""How a success manager feels about an account: the reasons one may give, and how long it holds."""

from collections.abc import Mapping

VALID_DAYS = 90
"""An older pulse counts as missing."""

REASONS: Mapping[str, str] = {
    "value": "Value they get",
    "adoption": "Use and adoption",
    "product": "Product fit or gaps",
    "quality": "Bugs and reliability",
    "support": "Support they get",
    "relationship": "Relationship",
    "sponsor": "Sponsor or champion",
    "silence": "They are silent",
    "money": "Budget or price",
    "organisation": "Change in their organisation",
    "competition": "They look at others",
    "renewal": "What they say about renewing",
}
