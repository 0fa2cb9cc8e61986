"""From what arrived to rows of the lake: reading, naming, identity, and the loop that does it."""
