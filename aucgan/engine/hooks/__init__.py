"""Hooks of the runner, one concern each."""
