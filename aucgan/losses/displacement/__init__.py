"""Losses on UV displacement maps."""
