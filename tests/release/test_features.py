"""Features are read again with TensorFlow's own parser."""

import tensorflow as tf

from dpgan_tf.release import features


def test_values_are_read_again():
    content = features.serialized(
        {
            "whole": features.of_whole([1, 7]),
            "real": features.of_real([0.5]),
            "bytes": features.of_bytes([b"\x00"]),
            "texts": features.of_texts(["ü", ""]),
        }
    )
    found = tf.io.parse_single_example(
        content,
        {
            "whole": tf.io.FixedLenFeature([2], tf.int64),
            "real": tf.io.FixedLenFeature([], tf.float32),
            "bytes": tf.io.FixedLenFeature([], tf.string),
            "texts": tf.io.FixedLenFeature([2], tf.string),
        },
    )
    assert found["whole"].numpy().tolist() == [1, 7]
    assert found["real"].numpy() == 0.5
    assert found["bytes"].numpy() == b"\x00"
    assert found["texts"].numpy().tolist() == ["ü".encode(), b""]
