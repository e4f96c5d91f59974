"""In: the capitalised names of a text. Out: places with a point, country and area."""
