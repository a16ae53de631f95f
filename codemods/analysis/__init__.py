"""Questions about the whole code base, each answered in one place."""
