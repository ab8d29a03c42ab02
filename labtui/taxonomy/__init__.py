"""A taxonomy on disk: which leaves there are, what stands in one, and what is wrong with it."""
