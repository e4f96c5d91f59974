"""Articles in; documents out: sentences, words, numbers, times, language and word vectors.

Nothing here knows of incidents. `document.py` holds what every reader is handed.
"""
