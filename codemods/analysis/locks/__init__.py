"""Shared state, who touches it, and the locks around it."""
