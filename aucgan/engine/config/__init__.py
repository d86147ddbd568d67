"""Configs: read, completed, checked, shortened for a trial."""
