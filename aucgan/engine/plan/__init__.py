"""What a training needs, in which order, and the running of all of it: data, prerequisites, training, test, results."""
