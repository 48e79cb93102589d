"""A whole run on labelled images, trained once for all who look at it."""

import contextlib
import dataclasses
import fcntl
import os
import pathlib

from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.run import training
from tests import tiny_run

NUM_PUBLIC = 24
"""What the split draws; 30 are expected."""

SETTINGS = {
    "data.public_fraction": 0.1,
    "data.num_private_examples": 270,
    "networks.conditional": True,
    "loss": "decoupled",
    "scoring.every": 4,
    "scoring.variety": 1.5,
}


@dataclasses.dataclass(frozen=True)
class Labelled:
    """The run; no test may change what is there.

    Attributes:
      folder: of its records, and of the classifier that scores it.
      recipe: of the run.
      files: of the run, which is finished.
    """

    folder: pathlib.Path
    recipe: recipes.Recipe
    files: run_files.RunFiles


def make(tmp_path_factory) -> Labelled:
    """Return the run, trained by the first process that asks for it."""
    with once(tmp_path_factory, "labelled") as (folder, is_there):
        if not is_there:
            tiny_run.write_labelled_records(folder)
        recipe = tiny_run.recipe(folder, **SETTINGS)
        if not is_there:
            training.train(recipe, run_dir=folder / "run", data_dir=folder)
    return Labelled(folder, recipe, run_files.existing(folder / "run"))


@contextlib.contextmanager
def once(tmp_path_factory, name):
    """Let one of the processes that test fill a folder; the others wait.

    Yields:
      The folder, and whether somebody has filled it.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, done = root / name, root / f"{name}.done"
    with open(root / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir(exist_ok=True)
        yield folder, done.exists()
        done.touch()
