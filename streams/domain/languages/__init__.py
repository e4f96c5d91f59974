"""Reads documents in languages other than English: language packs as data, and one reader that uses them."""
