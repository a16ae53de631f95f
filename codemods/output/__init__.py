"""Results as text for programs and for people, one module a format."""
