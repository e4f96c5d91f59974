"""Articles in; originals, or copies with what they copy, out."""
