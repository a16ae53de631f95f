"""What a name means, across the files of a project."""
