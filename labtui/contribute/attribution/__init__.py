"""attribution.txt and the licences."""
