"""Contributions, as commands and screens act on them."""
