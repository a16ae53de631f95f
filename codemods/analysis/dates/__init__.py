"""Dates and times: which of them have a time zone, and where they go."""
