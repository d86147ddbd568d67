"""What lies before what: depth seen from a light, and from all around."""
