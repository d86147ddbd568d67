"""Faces in the browser: what a visitor sets (states, controls, looks), apart from the page that shows it (``page``)."""
