"""The record kinds a file may hold, each with its fields and the way its rows become facts."""
