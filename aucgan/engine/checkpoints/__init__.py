"""Checkpoints: plain data only, whole or not there, and a clean end when asked."""
