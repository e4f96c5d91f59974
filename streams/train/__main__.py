"""Rebuilds every model in order: `python -m streams.train DATA`; each step prints its scores."""

import runpy
import sys

STEPS = (
    "gazetteer",
    "lexicon",
    "words",
    "sentence_space",
    "places",
    "event_location",
    "languages_places",
    "languages_tagger",
    "languages_types",
    "languages_books",
    "types",
    "attacks",
    "claims",
    "casualty_totals",
    "reader",
    "figures",
    "link",
)  # later steps read what earlier ones wrote

if len(sys.argv) != 2:
    sys.exit("usage: make train DATA=folder with the labelled data sets")
for step in STEPS:
    print(f"== {step}", flush=True)
    runpy.run_module(f"streams.train.{step}", run_name="__main__")
