"""Differentially private GANs in TensorFlow and Keras.

run = dpgan_tf.train("scans.npz", epsilon=2, num_records=20_000)
release = dpgan_tf.load("runs/scans_auto/release")
images, labels = release.sample(1_000, seed=0)
"""

import importlib
import os
from typing import Any

__version__ = "0.1.0"

__all__ = ["load", "train"]

_PLACES = {"train": "dpgan_tf.run.entry", "load": "dpgan_tf.release.handle"}


def __getattr__(name: str) -> Any:
    """Import `train` and `load` when they are used: TensorFlow takes long."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    quiet = importlib.import_module("dpgan_tf.quiet")
    return getattr(quiet.import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    """Return the names that a user may want."""
    return ["__version__", *__all__]
