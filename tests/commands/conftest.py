"""A workspace with real jobs for the commands that are about them."""

from tests.jobs.conftest import lab

__all__ = ["lab"]
