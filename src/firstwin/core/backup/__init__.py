"""A whole installation as a folder of plain files that either database can be made from again.

kinds     what a value is, and how each database hands it over and takes it
tables    which tables and columns there are, from the code or from a backup
readers   rows out of a database, one snapshot
databases which there are, and what stands in which
lines     rows as lines of a compressed file, counted and summed
folders   files beside the database
manifest  what a backup says about itself
place     where it stands: made under another name, renamed when whole, rotated
take      making one
check     whether one is whole, and whether this code can take it
loaders   rows into a database
marker    the mark of a restore that is not finished
after     what rooms do once everything is back
restore   bringing one back
"""
