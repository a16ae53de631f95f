"""Forges: what the bot asks of GitHub, and of whatever else implements the protocol."""
