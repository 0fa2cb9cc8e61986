"""Scores: from a frame and a scorecard to published readings, and from a reading's inputs to the same bytes again."""

ENGINE = 1
"""The way scores are computed. Another one may give other bytes for the same inputs."""
