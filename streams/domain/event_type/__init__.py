"""In: a text, or a feed's code. Out: its type in the ontology, with a probability."""
