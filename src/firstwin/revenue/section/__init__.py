"""The commercial section of the account page: what was agreed, billed and lost, on any day."""
