"""Which threads the processor serves first: those that answer clients, before those that compute.

On one core a refusal costs less than a millisecond of work, but would wait for its turn beside
every thread of the models. Threads that compute therefore step back: far enough that the scheduler lets
the event loop in before the end of their time slice, not so far that other programs of the machine
take the cores from them (4 steps are a weight of 0.41, sched(7)).
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final

#: Steps of the nice value for threads that prepare and finish articles. They hold Python's
#: interpreter lock while they work, so they must not stand behind the models: whoever waits for
#: the lock waits for them.
ARTICLES: Final = 2
#: Steps of the nice value for the models' threads, and for what those start.
MODELS: Final = 4

_LAST: Final = 19


def step_back(steps: int) -> None:
    """Lower the calling thread's priority; threads that it starts from now on inherit it.

    Only Linux has priorities for single threads (setpriority(2), "C library/kernel differences");
    elsewhere, and where it is not allowed, nothing happens.
    """
    if sys.platform == "linux":
        # To Linux, 0 is the calling thread and not the whole process.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, min(_LAST, os.getpriority(os.PRIO_PROCESS, 0) + steps))
