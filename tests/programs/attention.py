"""A transformer block: causal self-attention with heads, layer norm, dense layers."""

import numpy as np


def layer_norm(x, gain, bias, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return gain * (x - mean) / np.sqrt(var + eps) + bias


def gelu(x):
    return 0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3)))


def attend(q, k, v, mask):
    scores = q @ k.T / np.sqrt(q.shape[-1]) + mask
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights /= np.sum(weights, axis=-1, keepdims=True)
    return weights @ v


def self_attention(x, p, heads):
    n, d = x.shape
    q, k, v = np.split(x @ p["qkv"], 3, axis=-1)
    mask = np.where(np.tri(n) == 1, 0.0, -1e10)
    width = d // heads
    out = np.zeros((n, d))
    for h in range(heads):
        cols = slice(h * width, (h + 1) * width)
        out[:, cols] = attend(q[:, cols], k[:, cols], v[:, cols], mask)
    return out @ p["proj"]


def block(x, p, heads):
    x = x + self_attention(layer_norm(x, p["g1"], p["b1"]), p, heads)
    return x + gelu(layer_norm(x, p["g2"], p["b2"]) @ p["up"]) @ p["down"]


def loss(p, x, target):
    return np.mean((block(x, p, heads=2) - target) ** 2)


def data():
    rng = np.random.default_rng(61)
    d = 4
    p = {
        "qkv": rng.normal(size=(d, 3 * d)) / 2,
        "proj": rng.normal(size=(d, d)) / 2,
        "up": rng.normal(size=(d, 6)) / 2,
        "down": rng.normal(size=(6, d)) / 2,
        "g1": np.ones(d),
        "b1": np.zeros(d),
        "g2": np.ones(d),
        "b2": np.zeros(d),
    }
    return p, rng.normal(size=(3, d)), rng.normal(size=(3, d))
