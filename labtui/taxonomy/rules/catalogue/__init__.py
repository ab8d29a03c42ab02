"""What is known of each rule, one file a family. docs/taxonomy.md is written from it."""
