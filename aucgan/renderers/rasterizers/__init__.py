"""From triangles to fragments: the pure PyTorch rasterizer, its naive twin, and adapters of others."""
