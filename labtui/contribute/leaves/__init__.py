"""The leaves of a contribution: added, taken over, placed, written into."""
