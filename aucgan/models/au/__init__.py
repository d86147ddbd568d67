"""Action-unit networks."""
