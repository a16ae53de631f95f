"""Reading fixes, deciding about them, and having exactly that applied."""
