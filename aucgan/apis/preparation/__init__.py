"""From a folder of photos to training data."""
