"""Contributions: from a draft to a pull request that somebody can follow."""
