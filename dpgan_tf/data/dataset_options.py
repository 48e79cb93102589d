"""How data sets of TensorFlow are read: in order, and with nothing tuned."""

import tensorflow as tf


def untuned() -> tf.data.Options:
    """Return options for data that come as fast as they are asked for.

    They leave tuning out. There is nothing to tune where nothing is read in
    parallel, and the thread that tunes wakes up after pauses that grow to a
    minute; at times an iterator that is given up waits for it.
    """
    options = tf.data.Options()
    options.deterministic = True
    options.autotune.enabled = False
    return options
