"""What a scan saw is kept, and holds as long as nothing that it was made from has changed."""
