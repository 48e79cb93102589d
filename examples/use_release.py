"""Loading, sampling and using a release. Samples cost no further privacy.

    python examples/use_release.py --release_dir=runs/mnist/release

Sampling needs TensorFlow alone, and none of this package. The check before it
is this package's; a SavedModel is a program, so check it before you load it.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

from dpgan_tf.claim import check


def require_claim(release_dir: pathlib.Path) -> dict:
    """Return the claim of a release of which every check holds.

    Args:
      release_dir: the folder that has privacy.json.
    """
    failed = [
        found for found in check.check_release(release_dir) if not found.ok
    ]
    for found in failed:
        print(f"FAILED {found.name}: {found.detail}", file=sys.stderr)
    if failed:
        raise SystemExit(1)
    return json.loads((release_dir / "privacy.json").read_text())


def sample(release_dir: pathlib.Path, num: int, *, seed: int) -> dict:
    """Return samples as arrays: images or records, and labels if it has any.

    The same seed gives the same samples; fewer are the first of more.

    Args:
      release_dir: the folder that has generator/1.
      num: how many.
      seed: 64 bits.
    """
    released = tf.saved_model.load(str(release_dir / "generator" / "1"))
    made = released.signatures["sample"](
        num=tf.constant(num), seed=tf.constant(seed, tf.int64)
    )
    return {name: value.numpy() for name, value in made.items()}


def teach(images: np.ndarray, labels: np.ndarray) -> tf.keras.Model:
    """Return a classifier that has learnt from samples alone.

    Args:
      images: float32 [n, height, width, channels] in [-1, 1].
      labels: int64 [n].
    """
    layers = tf.keras.layers
    classifier = tf.keras.Sequential(
        [
            tf.keras.Input(images.shape[1:]),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(int(labels.max()) + 1),
        ]
    )
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile("adam", loss, metrics=["accuracy"])
    classifier.fit(images, labels, batch_size=128, epochs=3, verbose=0)
    return classifier


def main() -> None:
    """Check a release, write samples, and teach a classifier by them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--release_dir", type=pathlib.Path, required=True)
    parser.add_argument("--num_samples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=pathlib.Path, default="samples.npz")
    parser.add_argument("--test", type=pathlib.Path, help="x_test, y_test: npz")
    flags = parser.parse_args()

    print(require_claim(flags.release_dir)["statement"])
    made = sample(flags.release_dir, flags.num_samples, seed=flags.seed)
    np.savez_compressed(flags.output, **made)
    for name, values in made.items():
        print(f"{name}: {values.dtype} {list(values.shape)} in {flags.output}")

    if flags.test is None:
        return
    if "labels" not in made:
        sys.exit("--test: the generator of this release gives no labels.")
    with np.load(flags.test) as real:
        images = real["x_test"].astype(np.float32) / 127.5 - 1
        labels = real["y_test"]
    images = images.reshape(-1, *made["images"].shape[1:])
    classifier = teach(made["images"], made["labels"])
    accuracy = classifier.evaluate(images, labels, verbose=0)[1]
    print(f"accuracy on real test images after samples alone: {accuracy:.3f}")


if __name__ == "__main__":
    main()
