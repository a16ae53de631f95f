"""A forge for tests: GitHub's interface on real bare repositories, on the loopback only.

Requests and answers are held against GitHub's own OpenAPI description, and every write can be made
to fail before its effect, after it, or in the middle of the connection.
"""
