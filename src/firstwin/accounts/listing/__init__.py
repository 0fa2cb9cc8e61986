"""The account list: which columns, which rows, in which order, one page at a time."""
