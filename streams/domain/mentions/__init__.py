"""Passages of one document in; mentions out: one for each incident that it tells of, with its role."""
