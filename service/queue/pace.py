"""How long articles take, one after the other, as those of late tell.

What is wanted is a promise: a number of articles will be done within so many seconds. The mean alone keeps
it half of the time; so the spread of the times counts too, and how few of them were seen.
"""

from __future__ import annotations

import math
from typing import Final

#: What each article leaves of the older ones' weight.
_MEMORY: Final = 0.9
#: Standard deviations between the mean and the promise: of a hundred promises about one is broken.
_CAUTION: Final = 2.5
#: An article that takes more than so many means is no measure of how much the others differ: it raises the
#: mean, and must not close the door behind itself.
_ORDINARY: Final = 4.0


class Pace:
    """A moving mean and spread of the seconds per article; ``expected`` stands in for both until one is noted.

    Not safe to use from several threads.
    """

    def __init__(self, expected: float) -> None:
        self._noted = 0
        self._weight = self._weight_squares = self._seconds = self._squares = 0.0
        self._begin(expected)

    @property
    def noted(self) -> int:
        """How many articles were measured."""
        return self._noted

    @property
    def mean(self) -> float:
        """Seconds per article."""
        return self._seconds / self._weight

    def note(self, seconds: float) -> None:
        """One article took so many seconds."""
        self._noted += 1
        if self._noted == 1:
            self._begin(seconds)
            return
        spread = min(seconds, _ORDINARY * self.mean)
        self._weight = self._weight * _MEMORY + 1.0
        self._weight_squares = self._weight_squares * _MEMORY**2 + 1.0
        self._seconds = self._seconds * _MEMORY + seconds
        self._squares = self._squares * _MEMORY + spread**2

    def at_most(self, articles: int) -> float:
        """Seconds within which so many articles, one after the other, are done in all likelihood.

        The upper end of a prediction interval for their sum: it widens with the spread of each
        article's time, and with how little is known of the mean.
        """
        variance = max(0.0, self._squares / self._weight - self.mean**2)
        of_the_mean = self._weight_squares / self._weight**2
        return articles * self.mean + _CAUTION * math.sqrt(variance * (articles + articles**2 * of_the_mean))

    def _begin(self, seconds: float) -> None:
        """Of one time alone the spread is not known: it is taken to be as large."""
        self._weight = self._weight_squares = 1.0
        self._seconds, self._squares = seconds, 2 * seconds**2
