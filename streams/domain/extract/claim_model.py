"""Whether a party near a word of harm is a figure to report: a logistic model over the features of `claim_candidates`.

`streams/train/claims.py` trains it on annotated articles and sentences; models/claims.md names its scores on articles left out.
"""

from pathlib import Path

from streams.domain.text.trained_weights import Trained

CLAIMS = Trained(Path(__file__).parents[1] / "models" / "claims.npz")
LIKELY = 0.46  # probability from which a candidate is a claim: the best F1 on articles left out
