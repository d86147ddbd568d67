"""The relief of a generated person: creases and wrinkles as displacement in UV space."""
