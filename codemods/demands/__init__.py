"""What a finding asks for, read from its words."""
