"""Firstwin, an open, self-hosted customer success platform: facts → signals → actions → proof."""

__version__ = "0.4.0"
