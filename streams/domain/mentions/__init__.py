"""In: the passages of one document. Out: mentions, one for each incident that it reports, with its role.

`passage_role` says what each passage does, `grouping` puts passages of one incident into a draft, `article_role` lets the type of
the article open, close or recall drafts. Each of the three is an ordered list of named RULES.
"""
