"""The page in a real browser: headless Chromium, as Debian has it."""
