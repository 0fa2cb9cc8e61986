"""What the usage section of the account page shows."""
