"""The adult in whose coordinates people are painted and wrinkled, and how a head finds its places there."""
