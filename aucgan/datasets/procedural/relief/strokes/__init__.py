"""Process (a): lines along anatomical paths, every person's own."""
