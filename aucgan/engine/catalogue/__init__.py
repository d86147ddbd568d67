"""All registered components with their sizes, as a list and as a page."""
