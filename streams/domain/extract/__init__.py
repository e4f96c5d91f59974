"""In: sentences. Out: passages: what each reports, where, when, with which figures, and according to whom."""
