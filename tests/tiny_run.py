"""A run that is small enough for a test."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np

from dpgan_tf.config import presets
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import kinds

NUM_RECORDS = 300
SETTINGS = {
    "data.num_private_examples": 285,
    "data.public_fraction": 0.05,
    "budget.target_epsilon": 1.0,
    "budget.target_delta": 1e-3,
    "networks.critic_width": 2,
    "networks.generator_width": 2,
    "networks.latent_dim": 4,
    "warm_start.num_steps": 2,
    "steps.generator_batch_size": 8,
    "clipping.batch_size": 4,
    "steps.expected_batch_size": 12,
    "steps.chunk_size": 8,
    "steps.num_critic_steps": 2,
    "steps.num_steps": 12,
    "steps.checkpoint_every": 3,
    "scoring.num_samples": 100,
    "scoring.every": 0,
}


def write_records(folder, *, shape=(NUM_RECORDS, 28, 28), seed=0):
    """Write images without labels, and return the file."""
    rng = np.random.default_rng(seed)
    path = pathlib.Path(folder) / "records.npz"
    np.savez(path, images=rng.integers(0, 256, shape, dtype=np.uint8))
    return path


def write_labelled_records(folder, *, seed=0):
    """Write images as bright as their labels say, and return the file."""
    rng = np.random.default_rng(seed)
    labels = np.arange(NUM_RECORDS) % 10
    shades = 20 * labels[:, None, None]
    images = rng.integers(0, 40, (NUM_RECORDS, 28, 28)) + shades
    path = pathlib.Path(folder) / "records.npz"
    np.savez(
        path,
        x_train=images.astype(np.uint8),
        y_train=labels,
        x_test=images[:60].astype(np.uint8),
        y_test=labels[:60],
        num_classes=10,
    )
    return path


def recipe(folder, **changes):
    """Return the recipe of a tiny run over records in a folder.

    Two underscores in the name of a change stand for a dot:
    steps__num_steps=3.
    """
    path = pathlib.Path(folder) / "records.npz"
    if not path.exists():
        write_records(folder)
    changes = {key.replace("__", "."): v for key, v in changes.items()}
    return small(
        presets.get("mnist_quick"), {"data.source": str(path)} | changes
    )


def small(base, changes, settings=SETTINGS):
    """Return a preset with those settings that it has, and changes."""
    chosen = {
        part: changes.get(part, kinds.kind_of(part, getattr(base, part)))
        for part in kinds.PARTS
    }
    fitting = {
        key: value
        for key, value in settings.items()
        if _has(chosen, *key.split("."))
    }
    texts = {key: str(value) for key, value in (fitting | changes).items()}
    return config_text.change(base, texts)


def _has(chosen, part, leaf):
    return kinds.has(part, chosen[part], leaf)


def command(folder, **changes):
    """Return the command line of a tiny run."""
    made = recipe(folder, **changes)
    base = presets.get("mnist_quick")
    before = kinds.flat(base)
    sets = [
        f"--set={key}={value}"
        for key, value in kinds.flat(made).items()
        if before.get(key) != value
    ]
    return [
        *(sys.executable, "-m", "dpgan_tf", "train", "--preset=mnist_quick"),
        *(f"--run_dir={folder}/run", f"--data_dir={folder}", *sets),
    ]


def run(arguments, **options):
    """Run a command to its end, and return what it printed."""
    return subprocess.run(
        arguments,
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=False,
        **options,
    )


def ledger_entries(folder):
    """Return the entries of a run's ledger."""
    path = pathlib.Path(folder) / "run" / "private" / "ledger.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]
