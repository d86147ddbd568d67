"""The adult whose coordinates paint and relief are drawn in, and how a head finds its places there."""
