"""Mentions in; incidents out, with the relations between them."""
