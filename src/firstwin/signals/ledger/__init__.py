"""Questions to the ledger: what was said of an account, when, and what moved it."""
