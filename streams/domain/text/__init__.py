"""Plain text in; sentences, words, numbers, times, language and word vectors out.

Nothing here knows of incidents.
"""
