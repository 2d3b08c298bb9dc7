"""Price of a European option (Black and Scholes 1973), and its implied volatility.

The volatility is found from a quoted price by Newton's method; the derivative of the
loss goes through the iteration.
"""

import math


def norm_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def price(S, K, T, r, sigma, kind="call"):
    d1 = (math.log(S / K) + (r + 0.5 * sigma**2) * T) / (sigma * math.sqrt(T))
    d2 = d1 - sigma * math.sqrt(T)
    if kind == "call":
        return S * norm_cdf(d1) - K * math.exp(-r * T) * norm_cdf(d2)
    elif kind == "put":
        return K * math.exp(-r * T) * norm_cdf(-d2) - S * norm_cdf(-d1)
    raise ValueError(kind)


def vega(S, K, T, r, sigma):
    d1 = (math.log(S / K) + (r + 0.5 * sigma**2) * T) / (sigma * math.sqrt(T))
    return S * math.exp(-0.5 * d1 * d1) / math.sqrt(2.0 * math.pi) * math.sqrt(T)


def implied_volatility(quote, S, K, T, r):
    sigma = 0.3
    for _ in range(20):
        diff = price(S, K, T, r, sigma) - quote
        if abs(diff) < 1e-10:
            break
        sigma -= diff / vega(S, K, T, r, sigma)
    return sigma


def loss(quote, S, K, T, r):
    """The put at a higher strike, at the volatility that the quoted call implies."""
    sigma = implied_volatility(quote, S, K, T, r)
    return price(S, 1.1 * K, T, r, sigma, kind="put")


def data():
    return 12.0, 100.0, 105.0, 1.5, 0.03
