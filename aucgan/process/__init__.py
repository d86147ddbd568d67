"""This process: the processors it may use, and being asked to end."""
