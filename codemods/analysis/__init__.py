"""Questions on the whole code base, each in one place: whoever decides asks here."""
