"""Generation: from the seed examples of leaves to training samples, written by a served teacher.

A pipeline (labtui/generate/prompts) says which requests make one sample. The plan numbers the tries of a leaf and
fixes everything each of them sends; the engine asks, journals every answer as it arrives and decides in the order
of the plan, so that a run that was killed and resumed ends with the same samples as one that was not.
"""
