"""What the revenue room contributes to the frame."""
