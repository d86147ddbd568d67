"""Losses on albedo, shading and light."""
