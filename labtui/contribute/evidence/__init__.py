"""What a model answered before and after."""
