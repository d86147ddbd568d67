"""Faces of photos and videos: found, fitted, detailed, and written."""
