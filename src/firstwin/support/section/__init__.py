"""What the support section of the account page shows."""
