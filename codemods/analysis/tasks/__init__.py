"""Tasks of the event loop: where they are kept, the queues between them, waiting for a place."""
