"""Loggers, log calls and the tracebacks that they show."""
