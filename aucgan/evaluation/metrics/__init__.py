"""Metrics that a config names, one a file."""
