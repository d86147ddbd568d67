"""AUcGAN: detailed 3D faces from one photo, conditioned on facial action units."""

__version__ = "0.1.0"
