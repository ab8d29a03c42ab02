"""Contributions: the list of them, and the wizard that leads through one, step by step."""

from labtui.screens.contribute.screen import ContributeScreen

__all__ = ["ContributeScreen"]
