"""labtui: develop a language model like open source, the whole LAB loop in one terminal application."""

__version__ = "0.1.0"
