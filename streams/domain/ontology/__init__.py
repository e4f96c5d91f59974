"""The two-level ontology of incident types, and which types may be one incident."""
