"""What the accounts room contributes to the frame."""
