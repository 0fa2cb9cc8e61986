"""Adoption over many accounts: how it spreads, where it fails, how long it takes."""
