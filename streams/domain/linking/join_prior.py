"""How much of a stream's news joins what is known already, learnt as it comes, and what that says of the next link.

One stream tells each story once, another forty times. The trees learn from streams of both kinds and are fair on
average: too strict where much joins, too lenient where little does. So their odds follow the running mean of how likely
the best link of a mention was (prior shift: Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs of a
classifier to new a priori probabilities"). Downwards only a little: where most news stands alone their scores say so.
"""

import math
from dataclasses import dataclass

FAIR = 0.5  # the mean at which the scores stand as they are
MEMORY = 100  # mentions that the mean goes back
UP, DOWN = 1.0, 0.25  # shares of the shift
MOST = 1.5  # log-odds
LEAST = 0.01  # from either end of the mean


@dataclass(slots=True)
class JoinPrior:
    """The running mean of how likely a mention's best link was, before the shift."""

    mean: float = FAIR

    def note(self, chance: float) -> None:
        """Take one more mention into the mean, by the probability of its best link; 0 where there was none."""
        self.mean += (chance - self.mean) / MEMORY

    def shift(self) -> float:
        """What to add to the log-odds of a link."""
        share = min(max(self.mean, LEAST), 1 - LEAST)
        odds = math.log(share / (1 - share))
        return max(-MOST, min(MOST, (UP if odds > 0 else DOWN) * odds))
