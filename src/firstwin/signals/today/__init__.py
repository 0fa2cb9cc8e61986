"""What changed in somebody's accounts, most at stake first."""
