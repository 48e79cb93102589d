"""Fréchet distance between classifier features ("FID-classifier")."""

import numpy as np
import scipy.linalg

from dpgan_tf.evaluation import metrics


class _Frechet(metrics.Metric):
    """Distance between Gaussians fitted to features (Heusel et al., 2017).

    The features come from the scoring classifier, not from Inception v3: the
    values compare with each other, but not with any published FID.
    """

    name = "frechet"
    needs = frozenset({metrics.CLASSIFIER})
    order = 1
    columns = {"fid_classifier": "FID-classifier"}
    larger_is_better = {"fid_classifier": False}
    sentences = {
        "fid_classifier": "Distance of the mean and covariance of features to "
        "those of real images; it compares with no published FID.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del test, seed
        needed = samples.features.shape[1] + 1
        samples.require(needed, why="a covariance of features")
        train.require(needed, why="a covariance of features")
        return {
            "fid_classifier": frechet_distance(samples.features, train.features)
        }


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return |m_a - m_b|^2 + tr(S_a + S_b - 2 (S_a S_b)^(1/2)).

    Args:
      a: features [n, d].
      b: features [m, d].
    """
    mean_a, covariance_a = _moments(a)
    mean_b, covariance_b = _moments(b)
    # The eigenvalues of S_a S_b are those of the symmetric R S_b R, R^2 = S_a.
    values, vectors = scipy.linalg.eigh(covariance_a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    products = scipy.linalg.eigvalsh(root @ covariance_b @ root)
    trace = np.sqrt(np.maximum(products, 0)).sum()
    distance = np.sum((mean_a - mean_b) ** 2)
    distance += np.trace(covariance_a) + np.trace(covariance_b) - 2 * trace
    return float(max(distance, 0.0))


def _moments(features):
    mean = features.mean(axis=0, dtype=np.float64)
    centred = features - mean.astype(np.float32)
    covariance = (centred.T @ centred).astype(np.float64)
    return mean, covariance / (len(features) - 1)


METRIC = _Frechet()
