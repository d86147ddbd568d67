"""The skin of a generated person: albedo, painted in UV space."""
