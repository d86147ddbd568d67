"""Scoring meshes and renders of any method; what ``tools/evaluate.py`` calls."""
