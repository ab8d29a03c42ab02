"""Tests of the single repairs."""
