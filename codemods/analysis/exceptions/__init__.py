"""Where exceptions come from, and where their text goes."""
