"""Power spectrum by a recursive fast Fourier transform (Cooley and Tukey 1965)."""

import numpy as np


def fft(x):
    n = len(x)
    if n == 1:
        return x
    even = fft(x[0::2])
    odd = fft(x[1::2])
    twiddle = np.exp(-2j * np.pi * np.arange(n // 2) / n) * odd
    return np.concatenate([even + twiddle, even - twiddle])


def loss(signal):
    spectrum = fft(signal.astype(complex))
    power = np.abs(spectrum) ** 2
    share = power / np.sum(power)
    return -np.sum(share * np.log(share))


def data():
    return (np.random.default_rng(67).normal(size=8),)
