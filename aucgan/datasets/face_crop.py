"""The one crop of faces: a square round the 68 landmarks, in training, in the tools and of generated people."""

TRAINING_SCALE = (1.4, 1.8)
"""Side of the crop over the mean of width and height of the landmarks' box: drawn anew for each photo in training."""
SCALE = 1.6
"""The same where nothing is drawn: in tests and tools."""
