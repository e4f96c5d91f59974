"""Reads documents in other languages than English: language packs as data, and one reader that uses them."""
