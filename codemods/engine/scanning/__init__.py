"""The catalogue over a whole project, without a report."""
