"""What runs in which thread, and in which order."""
