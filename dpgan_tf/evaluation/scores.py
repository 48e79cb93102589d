"""Runs metrics on images, and says which could not be run and why."""

from collections.abc import Sequence

from dpgan_tf import errors
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import plugins


def score(
    samples: image_set.ImageSet,
    metrics: Sequence[metrics_lib.Metric],
    *,
    train: image_set.ImageSet,
    test: image_set.ImageSet | None,
    seed: int,
) -> dict[str, object]:
    """Judge images by some metrics.

    Args:
      samples: what is judged.
      metrics: by which.
      train: real training images.
      test: real test images, if there are any.
      seed: of everything random in the metrics.

    Returns:
      `num_images`, the values of all metrics, and under `left_out` for each
      metric that could not be run the reason.
    """

    def run(metric):
        missing = metrics_lib.missing(metric, samples, test)
        if missing:
            raise errors.UserError(f"{samples.title}: needs {missing}.")
        return metric.run(samples, train=train, test=test, seed=seed)

    found = plugins.judge(metrics, run, title=samples.title)
    return {"num_images": len(samples)} | found
