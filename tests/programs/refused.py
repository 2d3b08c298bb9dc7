"""Programs that s2sad refuses for now: program, or program-argument -> error code.

Each is written as its user would write it. Whoever makes one work takes its line
away; the test fails if a listed one is right, or refused otherwise. BROKEN lists
what is worse than refused, until it is mended, with the kind that it shows.
"""

from __future__ import annotations

REFUSED: dict[str, str] = {
    "adam_training": "S201",
    "adi": "S204",
    "bayesian_changepoint": "S201",
    "channel_flow": "S204",
    "cholesky-A": "S201",
    "convolutional_net-bias": "S201",
    "convolutional_net-conv": "S201",
    "convolutional_net-images": "S201",
    "double_pendulum": "S201",
    "durbin": "S201",
    "epidemic": "S201",
    "finite_elements": "S201",
    "gaussian_mixture-below": "S404",
    "gaussian_mixture-log_diagonals": "S404",
    "givens-A": "S201",
    "gru_dataclass": "S301",
    "heat_2d": "S204",
    "kepler_namedtuple": "S301",
    "levenberg_marquardt": "S201",
    "lorenz": "S201",
    "lu": "S201",
    "ludcmp": "S404",
    "neural_ode": "S201",
    "pendulum_class": "S301",
    "power_iteration-A": "S201",
    "power_iteration-start": "S201",
    "rossby_lists": "S201",
    "shallow_water": "S301",
    "soft_shortest_paths": "S301",
    "spectral_burgers": "S301",
    "spring_mesh": "S301",
    "vertical_advection": "S301",
}

BROKEN: dict[str, str] = {
    # The gradient of a slice of a list is laid out as an array.
    "multilayer_perceptron-layers": "CRASH",
    # The derivative of a complex absolute value wants the conjugate.
    "recursive_fft-signal": "WRONG",
    # exp(-inf / gamma) is 0, and its derivative comes out as 0 * inf.
    "soft_time_warping-gamma": "CRASH",
    # L[i + 1 :, i], where i may be an array: its gradient goes to L[: i + 1, i].
    "triangular_solve-L": "CRASH",
}
