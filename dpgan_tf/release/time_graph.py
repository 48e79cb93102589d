"""Days and moments as text, ISO 8601, in a graph.

The months between two days are constants, with the days that they begin on.
"""

import numpy as np
import tensorflow as tf

_DAY = 24 * 60 * 60


def dates(days: tf.Tensor, *, first: int, last: int) -> tf.Tensor:
    """Return days as text, such as 2026-01-31.

    Args:
      days: int64 [n, k], days since 1970-01-01; those before `first` get a
        text that means nothing.
      first: the first of all possible days.
      last: the last of all possible days.

    Returns:
      string [n, k].
    """
    ends = np.array([first, last], "datetime64[D]").astype("datetime64[M]")
    months = np.arange(ends[0], ends[1] + 1)
    begins = months.astype("datetime64[D]").astype(np.int64)
    flat = tf.reshape(days, [-1])
    found = tf.searchsorted(tf.constant(begins), flat, side="right") - 1
    found = tf.maximum(found, 0)
    of_month = flat - tf.gather(begins, found) + 1
    texts = tf.strings.join(
        [tf.gather(np.datetime_as_string(months), found), _two(of_month)], "-"
    )
    return tf.reshape(texts, tf.shape(days))


def moments(seconds: tf.Tensor, *, first: int, last: int) -> tf.Tensor:
    """Return moments as text, such as 2026-01-31T23:59:59.

    Args:
      seconds: int64 [n, k], seconds since 1970-01-01; those before `first` get
        a text that means nothing.
      first: the first of all possible seconds.
      last: the last of all possible seconds.

    Returns:
      string [n, k].
    """
    rest = seconds % _DAY
    clock = [_two(rest // 3600), _two(rest // 60 % 60), _two(rest % 60)]
    day = dates(seconds // _DAY, first=first // _DAY, last=last // _DAY)
    return tf.strings.join([day, tf.strings.join(clock, ":")], "T")


def _two(numbers: tf.Tensor) -> tf.Tensor:
    return tf.strings.as_string(numbers, width=2, fill="0")
