"""What a name stands for, across the files of a project."""
