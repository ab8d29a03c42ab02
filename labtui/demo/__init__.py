"""Data files: the demo taxonomy and its documents. `labtui.taxonomy.demo` lays them out."""
