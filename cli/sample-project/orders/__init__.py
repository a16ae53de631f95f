"""The order service of a small shop."""
