"""What the code base is: files as bytes, configuration, and the index of what is defined where."""
