"""In: articles. Out: documents with sentences, words, numbers, times, language and word vectors.

Nothing here knows about incidents. `document.py` has the document that every reader gets.
"""
