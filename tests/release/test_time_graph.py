"""Texts of times are NumPy's, of every day of four hundred years."""

import numpy as np
import tensorflow as tf

from dpgan_tf.release import time_graph


def _texts(tensor):
    return [text.decode() for text in tensor.numpy().ravel()]


def test_every_day_has_its_text():
    days = np.arange(-60_000, 90_000)
    found = time_graph.dates(
        tf.constant(days.reshape(-1, 2)), first=-60_000, last=89_999
    )
    assert found.shape == (75_000, 2)
    expected = np.datetime_as_string(days.astype("datetime64[D]"))
    assert _texts(found) == expected.tolist()


def test_moments_have_their_text_before_and_after_the_epoch():
    rng = np.random.default_rng(0)
    ends = (-(10**10), 10**10)
    seconds = np.append(rng.integers(*ends, 998), ends).reshape(-1, 4)
    found = time_graph.moments(
        tf.constant(seconds), first=ends[0], last=ends[1]
    )
    expected = np.datetime_as_string(seconds.ravel().astype("datetime64[s]"))
    assert _texts(found) == expected.tolist()


def test_a_day_before_the_first_has_some_text():
    """It stands where a value is missing, and is not shown."""
    found = time_graph.dates(
        tf.constant([[0]], tf.int64), first=10_000, last=10_001
    )
    assert len(_texts(found)[0]) > 0
