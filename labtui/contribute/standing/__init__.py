"""How a contribution stands: its steps, and what is wrong where."""
