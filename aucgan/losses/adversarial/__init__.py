"""Adversarial losses and the gradient penalty."""
