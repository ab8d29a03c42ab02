"""A taxonomy as one looks through it: folders with their sums, rows, orders, filters, and what moves on disk."""
