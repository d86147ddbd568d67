"""Losses on action units and their features."""
