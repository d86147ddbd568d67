"""Losses between pictures: pixels, contrast, features, identity."""
