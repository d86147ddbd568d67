"""What frozen networks say of photos, computed once and trained on."""
