"""Reading handwritten digits: a two-layer network and gradient descent.

The data are scikit-learn's bundled digits (Alpaydin and Kaynak, 1998): 1,797 images
of 8 x 8 pixels. The network has one hidden layer of tanh units and is trained by
mini-batches with momentum on the cross entropy of its softmax. Training shows its
progress; two pictures are written, the learning curve and some of the test images
with what the network read.

Run it: ``python samples/digits_network.py [--epochs 40] [--out DIR]`` (needs
scikit-learn and matplotlib).
"""

import argparse
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from s2sad import value_and_grad

HIDDEN = 64
BATCH = 32
RATE = 0.05
MOMENTUM = 0.9


def forward(W1, b1, W2, b2, images):
    """The ten scores of each image."""
    hidden = np.tanh(images @ W1 + b1)
    return hidden @ W2 + b2


def loss(W1, b1, W2, b2, images, labels):
    """Mean cross entropy of softmax(scores) against the labels."""
    scores = forward(W1, b1, W2, b2, images)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_total = np.log(np.sum(np.exp(scores), axis=1))
    right = scores[np.arange(len(labels)), labels]
    return np.mean(log_total - right)


def accuracy(parameters, images, labels):
    """The fraction of images whose highest score is the right one."""
    return np.mean(np.argmax(forward(*parameters, images), axis=1) == labels)


def data():
    """Images with pixels from 0 to 1 and their labels, for training and testing."""
    images, labels = load_digits(return_X_y=True)
    return train_test_split(
        images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels
    )


def initial_parameters(rng, inputs, outputs):
    """Small random weights, zero biases."""
    return [
        rng.normal(0.0, inputs**-0.5, (inputs, HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0.0, HIDDEN**-0.5, (HIDDEN, outputs)),
        np.zeros(outputs),
    ]


def show_progress(epoch, epochs, value, correct):
    """One line, written over itself on a terminal; every tenth one elsewhere."""
    line = f"epoch {epoch:3d}/{epochs}  loss {value:.4f}  test accuracy {correct:.4f}"
    if sys.stdout.isatty():
        print("\r" + line, end="\n" if epoch == epochs else "", flush=True)
    elif epoch in (1, epochs) or epoch % 10 == 0:
        print(line, flush=True)


def train(parameters, images, labels, test_images, test_labels, epochs, rng):
    """Train in place; return the loss and the test accuracy of each epoch."""
    loss_and_gradient = value_and_grad(loss, wrt=("W1", "b1", "W2", "b2"))
    velocity = [np.zeros_like(p) for p in parameters]
    losses, accuracies = [], []
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(labels))
        values = []
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            value, gradient = loss_and_gradient(
                *parameters, images[batch], labels[batch]
            )
            values.append(value)
            for p, v, g in zip(parameters, velocity, gradient, strict=True):
                v *= MOMENTUM
                v -= RATE * g
                p += v
        losses.append(np.mean(values))
        accuracies.append(accuracy(parameters, test_images, test_labels))
        show_progress(epoch, epochs, losses[-1], accuracies[-1])
    return losses, accuracies


def draw_curve(path, losses, accuracies):
    """The loss and the test error, epoch by epoch."""
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    epochs = np.arange(1, len(losses) + 1)
    axes.semilogy(epochs, losses, label="training loss")
    axes.semilogy(epochs, 1 - np.array(accuracies), label="test error")
    axes.set_xlabel("epoch")
    axes.set_title("A two-layer network on the digits")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def draw_examples(path, images, labels, read):
    """Every misread image first, then others, with what was read under each."""
    order = np.argsort(read == labels, kind="stable")[:24]
    figure, grid = plt.subplots(3, 8, figsize=(8, 4), layout="constrained")
    for axes, i in zip(grid.flat, order, strict=True):
        wrong = read[i] != labels[i]
        axes.imshow(images[i].reshape(8, 8), cmap="gray_r")
        axes.set_title(
            f"{read[i]}, not {labels[i]}" if wrong else f"{read[i]}",
            color="tab:red" if wrong else "black",
            fontsize=10,
        )
        axes.set_axis_off()
    figure.suptitle("What the network read")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--out", type=Path, default=Path("samples_output"))
    options = parser.parse_args(argv)
    if options.epochs < 1:
        parser.error("--epochs must be at least 1")

    rng = np.random.default_rng(0)
    images, test_images, labels, test_labels = data()
    parameters = initial_parameters(rng, images.shape[1], 10)
    losses, accuracies = train(
        parameters, images, labels, test_images, test_labels, options.epochs, rng
    )
    print(f"test accuracy {accuracies[-1]:.4f} on {len(test_labels)} images")

    options.out.mkdir(parents=True, exist_ok=True)
    curve = options.out / "digits_curve.png"
    examples = options.out / "digits_examples.png"
    read = np.argmax(forward(*parameters, test_images), axis=1)
    draw_curve(curve, losses, accuracies)
    draw_examples(examples, test_images, test_labels, read)
    print(f"wrote {curve} and {examples}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
