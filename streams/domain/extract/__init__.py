"""Sentences in; passages out: what each says happened, to whom, how many, according to whom."""
