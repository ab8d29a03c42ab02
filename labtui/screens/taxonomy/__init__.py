"""The taxonomy: its tree on the left, the chosen leaf on the right."""

from labtui.screens.taxonomy.screen import TaxonomyScreen

__all__ = ["TaxonomyScreen"]
