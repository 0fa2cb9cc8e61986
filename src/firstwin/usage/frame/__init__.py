"""What the usage room contributes to the frame."""
