"""The coarse and the detail stage as trainable models."""
