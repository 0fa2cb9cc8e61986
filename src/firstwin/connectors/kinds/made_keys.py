"""Keys for records that their source has none for."""

from collections.abc import Mapping
from typing import Any

from firstwin.connectors.ledger import hidden_id
from firstwin.core.text import fold

_MADE_OF = {
    "payment_methods": ("account", "kind", "brand", "last4"),
    "churn": ("account", "product", "kind", "effective_on"),
    "rates": ("on", "base", "quote"),
    "daily_usage": ("account", "line", "on", "event"),
}


def made_key(kind: str, values: Mapping[str, Any]) -> str:
    """A product is known by its name; other records by what does not change about them."""
    if kind == "products":
        return fold(str(values.get("name") or ""))[:255]
    return hidden_id(kind, *(values.get(name) for name in _MADE_OF.get(kind, sorted(values))))
