"""Runs metrics on images, and says which could not be run and why."""

from collections.abc import Sequence

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import metrics as metrics_lib


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
    values: dict[str, object] = {"num_images": len(samples)}
    left_out = {}
    with progress.bar(
        f"scores, {samples.title}", total=len(metrics), unit="metric"
    ) as bar:
        for metric in metrics:
            bar.set_postfix_str(metric.name)
            missing = metrics_lib.missing(metric, samples, test)
            if missing:
                left_out[metric.name] = f"{samples.title}: needs {missing}."
            else:
                try:
                    values |= metric.run(
                        samples, train=train, test=test, seed=seed
                    )
                except errors.UserError as error:
                    left_out[metric.name] = str(error)
            bar.update()
    return values | {"left_out": left_out}
