"""Configuration as text: kinds of definitions, their versions, and how they are planned, applied and taken back."""
