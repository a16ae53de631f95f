"""From a patch to a branch, and later to a pull request."""
