"""What differs: a working tree from its base, one version of a leaf from another, seed by seed."""
