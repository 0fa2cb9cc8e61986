"""What the support room contributes to the frame."""
