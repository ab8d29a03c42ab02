"""Imported by every Python that starts with this folder on PYTHONPATH: see tests/jobs/kinds/__init__.py."""

from pathlib import Path

import labtui

labtui.__path__.append(str(Path(__file__).parents[1] / "stages"))
