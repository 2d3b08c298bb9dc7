"""Reprojection error of points seen by cameras, with Rodrigues' rotation and lenses.

A camera is eleven numbers: rotation, centre, focal length, principal point and two
radial distortions (Triggs et al. 1999).
"""

import numpy as np


def rotate(rot, X):
    sqtheta = np.sum(rot**2)
    if sqtheta > 1e-10:
        theta = np.sqrt(sqtheta)
        cos, sin = np.cos(theta), np.sin(theta)
        w = rot / theta
        return X * cos + np.cross(w, X) * sin + w * (np.dot(w, X) * (1.0 - cos))
    return X + np.cross(rot, X)


def distort(radial, proj):
    rsq = np.sum(proj * proj)
    return proj * (1.0 + radial[0] * rsq + radial[1] * rsq * rsq)


def project(cam, X):
    Xcam = rotate(cam[:3], X - cam[3:6])
    return distort(cam[9:], Xcam[:2] / Xcam[2]) * cam[6] + cam[7:9]


def loss(cams, points, weights, obs, feats):
    total = 0.0
    for i, (c, p) in enumerate(obs):
        error = weights[i] * (project(cams[c], points[p]) - feats[i])
        total += np.dot(error, error)
    total += np.sum((1.0 - weights**2) ** 2)
    return 0.5 * total


def data():
    rng = np.random.default_rng(62)
    cams = 0.1 * rng.normal(size=(2, 11))
    cams[:, 5] -= 4.0
    cams[:, 6] += 1.0
    points = rng.normal(size=(3, 3))
    obs = np.array([[0, 0], [0, 1], [1, 1], [1, 2]])
    weights = rng.uniform(0.5, 1.0, size=4)
    return cams, points, weights, obs, 0.5 * rng.normal(size=(4, 2))
