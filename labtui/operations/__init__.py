"""One action, one function: the command line and the screens both call these, so that they cannot differ.

They block; a screen calls them from a thread. What they start goes on as a job when the caller leaves.
"""
