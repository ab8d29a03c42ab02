"""What is alike: leaves about the same, seeds of one leaf, a model's answer and a seed's."""
