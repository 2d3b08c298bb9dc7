"""The refusal that README.md shows."""

import numpy as np
from scipy.signal import savgol_filter


def smooth_phase(signal):
    phase = savgol_filter(signal, 5, 2)
    return np.sum(phase * phase)
