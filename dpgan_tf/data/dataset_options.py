"""Options of TensorFlow data sets: in order, without tuning."""

import tensorflow as tf


def untuned() -> tf.data.Options:
    """Return options without tuning.

    Nothing is read in parallel, so there is nothing to tune, and the tuning
    thread wakes up after pauses that grow to a minute: an abandoned iterator
    sometimes waits for it.
    """
    options = tf.data.Options()
    options.deterministic = True
    options.autotune.enabled = False
    return options
