"""A text or the code of a feed in; its type of the ontology out, with a probability."""
