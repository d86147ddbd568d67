"""The command-line programs; a package only so that the tests can call their ``main``."""
