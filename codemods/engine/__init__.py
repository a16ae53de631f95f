"""match, locate, find, rewrite, gate: from a finding to a patch, or to a reason why not."""
