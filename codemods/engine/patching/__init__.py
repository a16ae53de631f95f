"""From changes to files that passed every gate."""
