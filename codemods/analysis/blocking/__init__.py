"""Which calls stop the event loop, and by way of which functions."""
