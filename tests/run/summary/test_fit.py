"""A generator is fitted to one summary, once."""

import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf

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
    latents = fit._latents(presets.get("mnist_surrogate"), range(3), [2, 4])
    assert latents.options().autotune.enabled is False


class _Counting(keras.Model):
    """Keeps the latents of its steps, and moves its one weight."""

    def __init__(self):
        super().__init__()
        self.generator = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(1)]
        )
        self.seen = tf.Variable(tf.zeros([0, 2, 4]), shape=[None, 2, 4])

    def train_step(self, latents):
        self.seen.assign(tf.concat([self.seen, latents[None]], axis=0))
        loss = tf.reduce_sum(self.generator.trainable_variables[0])
        self.optimizer.apply(
            [tf.ones([4, 1]), tf.zeros([1])], self.generator.trainable_variables
        )
        return {"loss": loss}


def _rounds(model, *, num_steps):
    return fit.Rounds(
        presets.get("mnist_surrogate"),
        model,
        batch_size=2,
        rate=0.1,
        num_steps=num_steps,
        title="rounds",
    )


def test_rounds_are_one_fit_with_latents_of_its_own_in_each_step():
    whole, parts = _Counting(), _Counting()
    parts.generator.set_weights(whole.generator.get_weights())
    _rounds(whole, num_steps=5).take_steps(5)
    rounds = _rounds(parts, num_steps=5)
    for num_steps in (2, 1, 2):
        rounds.take_steps(num_steps)
    assert parts.seen.numpy().shape == (5, 2, 4)
    np.testing.assert_array_equal(parts.seen, whole.seen)
    assert len(np.unique(parts.seen)) == 5 * 2 * 4
    # One optimizer, whose moments go on.
    assert parts.optimizer.iterations.numpy() == 5
    np.testing.assert_array_equal(
        parts.generator.get_weights()[0], whole.generator.get_weights()[0]
    )
