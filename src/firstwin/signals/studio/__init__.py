"""Trying definitions before they stand: what a draft would say of accounts, beside what is published."""
