"""Optimizer wrappers: mixed precision, SAM, averaging over processes, learning rates."""
