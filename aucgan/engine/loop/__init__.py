"""The runner and its loop: exact positions of data and random numbers, on one process or many."""
