"""Who a row speaks of when its source has not been heard of them before: certain, uncertain, or somebody new."""
