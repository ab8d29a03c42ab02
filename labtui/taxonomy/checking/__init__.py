"""Many leaves: found, checked in processes that are watched, remembered by content, and compared with each other."""
