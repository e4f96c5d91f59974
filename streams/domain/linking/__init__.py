"""In: mentions. Out: incidents, and the relations between them."""
