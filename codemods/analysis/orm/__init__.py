"""SQLAlchemy: models, relationships, loader options and queries."""
