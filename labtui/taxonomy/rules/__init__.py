"""What is looked at beyond the reference validator: one file a family of rules, each pure and about one leaf."""
