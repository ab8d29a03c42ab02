"""Review: people look at generated samples before a model is trained on them.

book = DecisionBook(workspace)
book.decide(reviewer, reviewable, "reject", reason="wrong")       # one line in reviews/<reviewer>.jsonl
standing = book.standings().of(sample.id, sample.content)         # what all reviewers together say of it
reviewed = write_reviewed(messages_file, samples, standings, "not_rejected", out)
"""
