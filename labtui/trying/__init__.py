"""Trying a contribution: a model answers check questions, is tuned a little on the seeds, and answers them again.

A job of several stages, each with the journals of its own kind of job (`generate`, `train`): killed anywhere, it
goes on from there. It shows whether the seeds teach what they are meant to; it measures no quality.
"""
