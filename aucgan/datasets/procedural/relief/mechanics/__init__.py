"""Process (b): folds where an expression compresses the skin, across the strongest compression."""
