"""One contribution on disk, and the contributions of a workspace."""
