"""The surgery kit that codemods share; it knows nothing of findings, projects or codemods."""
