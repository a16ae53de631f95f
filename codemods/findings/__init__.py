"""What an audit says: findings and their parts, one reader a format, one writer a format."""
