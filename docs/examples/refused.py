"""The refusal that README.md shows."""

import numpy as np


def smooth_phase(signal):
    phase = np.unwrap(signal)
    return np.sum(phase * phase)
