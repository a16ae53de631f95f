"""One self-contained page of findings or sites: it asks nothing of anywhere."""
