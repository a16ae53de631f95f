"""Findings become issues, each once: whichever report says it again, under whatever name."""
