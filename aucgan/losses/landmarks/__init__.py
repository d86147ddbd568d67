"""Losses on landmarks and their distances."""
