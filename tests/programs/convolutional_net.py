"""A small convolutional network (LeNet's pattern): convolution, ReLU, max-pool, dense.

The loops go over the output's pixels, as one writes it without a library.
"""

import numpy as np


def relu(x):
    return np.maximum(x, 0)


def conv2d(image, weights):
    K = weights.shape[0]
    N, H, W, _ = image.shape
    H_out = H - K + 1
    W_out = W - K + 1
    C_out = weights.shape[3]
    output = np.empty((N, H_out, W_out, C_out), dtype=image.dtype)
    for i in range(H_out):
        for j in range(W_out):
            output[:, i, j, :] = np.sum(
                image[:, i : i + K, j : j + K, :, np.newaxis]
                * weights[np.newaxis, :, :, :],
                axis=(1, 2, 3),
            )
    return output


def maxpool2d(x):
    output = np.empty([x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]])
    for i in range(x.shape[1] // 2):
        for j in range(x.shape[2] // 2):
            output[:, i, j, :] = np.max(
                x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, :], axis=(1, 2)
            )
    return output


def loss(images, conv, bias, dense, targets):
    x = maxpool2d(relu(conv2d(images, conv) + bias))
    x = np.reshape(x, (x.shape[0], x.shape[1] * x.shape[2] * x.shape[3]))
    scores = x @ dense
    return np.mean((scores - targets) ** 2)


def data():
    rng = np.random.default_rng(35)
    images = rng.normal(size=(2, 5, 5, 1))
    conv = rng.normal(size=(2, 2, 1, 2))
    bias = np.array([0.1, 0.2])
    return images, conv, bias, rng.normal(size=(8, 2)), rng.normal(size=(2, 2))
