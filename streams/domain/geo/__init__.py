"""Capitalised names of a text in; places with a point, country and area out."""
