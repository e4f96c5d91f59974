"""In: articles. Out: originals, or copies with the article that they copy."""
