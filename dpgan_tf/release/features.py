"""Values as features of a `tf.train.Example`, the record of TFRecord files."""

from collections.abc import Mapping, Sequence

import tensorflow as tf


def of_whole(values: Sequence[int]) -> tf.train.Feature:
    """Return a feature of whole numbers.

    Args:
      values: the numbers.
    """
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def of_real(values: Sequence[float]) -> tf.train.Feature:
    """Return a feature of numbers, which it keeps as float32.

    Args:
      values: the numbers.
    """
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def of_bytes(values: Sequence[bytes]) -> tf.train.Feature:
    """Return a feature of bytes.

    Args:
      values: the bytes.
    """
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))


def of_texts(values: Sequence[str]) -> tf.train.Feature:
    """Return a feature of texts, in UTF-8.

    Args:
      values: the texts.
    """
    return of_bytes([value.encode() for value in values])


def serialized(features: Mapping[str, tf.train.Feature]) -> bytes:
    """Return the bytes of an example.

    Args:
      features: its features by their names.
    """
    made = tf.train.Example(features=tf.train.Features(feature=features))
    return made.SerializeToString()
