"""What edits share: parsed fragments, removal, imports, log calls."""
