"""GANs without privacy, which private ones are compared with."""

import dataclasses
import json
import os

import keras

from dpgan_tf import assembly
from dpgan_tf import config as configs
from dpgan_tf import run_data
from dpgan_tf import run_files
from dpgan_tf import training
from dpgan_tf.data import records
from dpgan_tf.privacy import lock

KINDS = ("public_only", "non_private")
"""Trained on the public records alone (epsilon 0), or on all records."""


def train(
    config: configs.Config,
    *,
    kind: str,
    num_generator_steps: int,
    run_dir: str | os.PathLike,
    data_dir: str | os.PathLike,
) -> run_files.RunFiles:
    """Train a WGAN-GP of the same networks without privacy, or go on with it.

    The generator is left under the run's private folder, as a warm start's
    is: nothing is released, and no claim is made.

    Args:
      config: of the private run that it stands beside.
      kind: one of `KINDS`.
      num_generator_steps: how long.
      run_dir: where the baseline is, or will be.
      data_dir: where prepared data sets are.

    Returns:
      The files of the run, with `warm_start_generator`.

    Raises:
      ValueError: for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}; expected one of {KINDS}.")
    config = dataclasses.replace(config, warm_start_steps=num_generator_steps)
    data = run_data.load(config, data_dir=data_dir)
    trained_on = data.public
    if kind == "non_private":
        trained_on = records.PublicRecords(
            data.dataset.train_images, data.dataset.train_labels
        )
    settings = json.loads(config.to_json()) | {"baseline": kind}
    with lock.lock(run_files.make_root(run_dir)):
        files = run_files.enter(run_dir, config_json=json.dumps(settings))
        if files.warm_start_generator.exists():
            return files
        keras.utils.set_random_seed(assembly.initial_seed(config))
        networks = assembly.build_networks(
            config, data.private.images.shape[1:]
        )
        training.warm_start(config, files, trained_on, *networks)
    return files
