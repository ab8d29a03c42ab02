"""What a machine can put right in a qna.yaml: one repair a kind of finding, each a set of edits by position."""
