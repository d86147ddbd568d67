"""What a fit makes small, each thing in a file."""
