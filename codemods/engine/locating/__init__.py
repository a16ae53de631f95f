"""Where a finding stands in today's code."""
