"""Whole runs on images without labels."""

import pathlib

import pytest

from dpgan_tf.run import fitting
from dpgan_tf.run import training
from tests import labelled_runs
from tests import tiny_run


def train(folder, *, with_scores=False, **changes):
    """Train a tiny run in a folder, or go on with it."""
    return training.train(
        tiny_run.recipe(folder, **changes),
        run_dir=folder / "run",
        data_dir=folder,
        with_scores=with_scores,
    )


def make(tmp_path_factory) -> pathlib.Path:
    """Return the folder of a run, trained by the first who asks for it."""
    with (
        labelled_runs.once(tmp_path_factory, "plain") as (folder, is_there),
        pytest.MonkeyPatch.context() as patched,
    ):
        if not is_there:
            patched.setattr(fitting, "LOG_EVERY", 4)
            patched.setattr(fitting, "PICTURE_EVERY", 8)
            train(folder, with_scores=True)
    return folder
