"""Data sets are read in their order, and nothing tunes them."""

import time

import tensorflow as tf

from dpgan_tf.data import dataset_options


def _slow_at_first():
    """Return a data set that is made in parallel, and not in its order."""

    def wait(i):
        time.sleep(0.2 if i == 0 else 0)
        return i

    in_any_order = tf.data.Options()
    in_any_order.deterministic = False
    return (
        tf.data.Dataset.range(8)
        .map(
            lambda i: tf.py_function(wait, [i], tf.int64), num_parallel_calls=4
        )
        .with_options(in_any_order)
    )


def test_elements_come_in_order_however_long_each_takes():
    found = _slow_at_first().with_options(dataset_options.untuned())
    assert list(found.as_numpy_iterator()) == list(range(8))


def test_what_was_tuned_before_is_not_any_more():
    tuned = tf.data.Options()
    tuned.autotune.enabled = True
    before = tf.data.Dataset.range(3).with_options(tuned)
    after = before.with_options(dataset_options.untuned())
    assert before.options().autotune.enabled is True
    assert after.options().autotune.enabled is False
