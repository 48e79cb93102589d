"""How a stage ends, whatever ends it."""

import contextlib
import signal

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import images
from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.run import fitting
from dpgan_tf.run.callbacks import checkpointing
from dpgan_tf.run.callbacks import ledger_guard
from tests.models import tiny


class Unreadable:
    """Images on disk, one of which is damaged."""

    def __init__(self, pixels, damaged):
        self._pixels, self._damaged = pixels, damaged
        self.shape, self.dtype, self.ndim = pixels.shape, pixels.dtype, 4

    def __len__(self):
        return len(self._pixels)

    def __getitem__(self, key):
        if self._damaged in np.arange(len(self))[key]:
            raise errors.DatasetError("scans: record 5 is damaged: prepare.")
        return self._pixels[key]


class Closed(ledger_guard.Closing):
    def close(self, *, is_clean):
        self.is_clean = is_clean


def test_a_record_that_cannot_be_read_is_one_line_and_draws_nothing():
    """A round has all its batches or none, and none is a clean end."""
    pixels = images.to_uint8(tiny.images(8))
    private = records.PrivateRecords(Unreadable(pixels, damaged=5))
    batches = pipelines.poisson_batches(
        private,
        sampling_probability=1.0,
        chunk_size=4,
        key=np.array([1, 2, 3, 4]),
        steps_per_round=2,
    )
    model = tiny.private_gan(tiny.dpgan.DPGAN, num_critic_steps=2)
    closed = Closed()
    with pytest.raises(
        errors.DatasetError, match="^scans: record 5 is damaged"
    ):
        fitting.fit(model, batches, 1, [closed])
    assert closed.is_clean is True
    assert model.permit.num_drawn == int(model.steps) == 0


def test_other_errors_of_tensorflow_stay_what_they_are():
    model = tiny.private_gan(tiny.dpgan.DPGAN, num_critic_steps=1, allow=0)
    batches = tf.data.Dataset.from_tensors(
        (tiny.private_batch(tiny.images(3)),)
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match="reserved"):
        fitting.fit(model, batches, 1, [])


@pytest.mark.parametrize(
    ("first", "expected"),
    [(KeyboardInterrupt, KeyboardInterrupt), (MemoryError, SystemError)],
)
def test_an_interrupt_that_c_code_wraps_is_one_and_no_clean_end(
    first, expected
):
    class Failing(Closed):
        def on_train_batch_begin(self, batch, logs=None):
            try:
                raise first
            except first as error:
                raise SystemError("an exception set") from error

    model = tiny.private_gan(tiny.dpgan.DPGAN, num_critic_steps=1)
    batches = tf.data.Dataset.from_tensors(
        (tiny.private_batch(tiny.images(3)),)
    )
    failing = Failing()
    with pytest.raises(expected):
        fitting.fit(model, batches, 1, [failing])
    assert failing.is_clean is False


def test_an_interrupt_before_the_first_step_is_not_hidden(tmp_path):
    """Keras sets the model of a callback only when training begins."""
    model = tiny.private_gan()
    checkpoints = checkpointing.Checkpoints(tmp_path, every=1)
    assert checkpoints.restore(model) == 0
    checkpoints.close(is_clean=True)
    assert checkpointing.Checkpoints(tmp_path, every=1).restore(model) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("is_caught", [False, True])
def test_a_signal_stops_cleanly_and_a_second_cuts_no_closing(number, is_caught):
    class Impatient(Closed):
        def on_train_batch_begin(self, batch, logs=None):
            with contextlib.suppress(KeyboardInterrupt if is_caught else ()):
                signal.raise_signal(number)

        def close(self, *, is_clean):
            signal.raise_signal(signal.SIGINT)
            super().close(is_clean=is_clean)

    model = tiny.private_gan(tiny.dpgan.DPGAN, num_critic_steps=1)
    batches = tf.data.Dataset.from_tensors(
        (tiny.private_batch(tiny.images(3)),)
    )
    first, second = Impatient(), Closed()
    with pytest.raises(KeyboardInterrupt):
        fitting.fit(model, batches, 1, [first, second])
    assert first.is_clean is second.is_clean is True
