"""A head in FLAME's format sculpted by code alone."""
