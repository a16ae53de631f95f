"""Who uses a definition, a file or a text, and in which form."""
