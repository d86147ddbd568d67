"""Meshes against scans: closest points, alignment, the NoW protocol."""
