"""Killing a run in the middle of its writing, and looking at what it left."""
