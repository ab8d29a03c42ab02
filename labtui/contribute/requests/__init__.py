"""The request: its text, its difference, what the forge says of it afterwards."""
