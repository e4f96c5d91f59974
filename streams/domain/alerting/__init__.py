"""Versions of an incident in; the alert of it out."""
