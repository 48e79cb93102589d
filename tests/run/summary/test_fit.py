"""A generator is fitted to one summary, once."""

import pathlib

import keras
import numpy as np
import pytest

from dpgan_tf import run_files
from dpgan_tf.config import presets
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.run.summary import fit


@pytest.fixture
def files(tmp_path):
    found = run_files.RunFiles(tmp_path)
    found.private.mkdir()
    found.summary.write_bytes(b"a summary")
    return found


def _fit(files, *, value):
    """Return what a new generator has after a fit that makes it `value`."""
    generator = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    made = [np.full([1, 1], value), np.full([1], value)]
    fit.once(files, generator, lambda: generator.set_weights(made))
    return generator.get_weights()[0].item()


def test_what_was_fitted_is_kept(files):
    assert _fit(files, value=2.0) == 2
    assert _fit(files, value=3.0) == 2


def test_what_was_fitted_to_another_summary_is_refused(files):
    _fit(files, value=2.0)
    files.summary.write_bytes(b"another")
    with pytest.raises(privacy_errors.LedgerError, match="another summary"):
        _fit(files, value=3.0)


def test_damaged_weights_are_fitted_again(files, capsys):
    _fit(files, value=2.0)
    for path in pathlib.Path(files.checkpoints("summary")).rglob("*.index"):
        path.write_bytes(b"")
    assert _fit(files, value=3.0) == 3
    assert "fitting to the summary again: " in capsys.readouterr().err
    assert _fit(files, value=4.0) == 3


def test_no_thread_tunes_the_latents():
    latents = fit._latents(presets.get("mnist_surrogate"), 3, [2, 4])
    assert latents.options().autotune.enabled is False
