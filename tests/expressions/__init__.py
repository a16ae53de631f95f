"""How many steps the regular expressions of the code take: tests may not measure time."""
