"""Two records that are one: merge them with their history, and take that apart again."""
