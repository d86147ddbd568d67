"""How components are built from their configs by name, and how a slip is answered with the nearest name."""
