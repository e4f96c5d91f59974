"""Loaded by Python at its start when this folder is on PYTHONPATH: the wall clock is wrong by $WRONG_CLOCK seconds."""

import os
import time

_right, _wrong = time.time, float(os.environ["WRONG_CLOCK"])


def _time() -> float:
    return _right() + _wrong


time.time = _time
