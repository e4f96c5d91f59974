"""Sentences in; passages out: what each reports, where, when, with which figures, and according to whom."""
