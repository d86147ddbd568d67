"""The page itself, in viser: panels that call a visitor, and a scene that shows what comes of it."""
