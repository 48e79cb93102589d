"""Files of `tf.train.Example` for tests."""

import tensorflow as tf


def example(**features):
    kinds = {
        bytes: lambda v: tf.train.Feature(
            bytes_list=tf.train.BytesList(value=[v])
        ),
        int: lambda v: tf.train.Feature(
            int64_list=tf.train.Int64List(value=[v])
        ),
    }
    named = {
        name.replace("__", "/"): kinds[type(value)](value)
        for name, value in features.items()
    }
    made = tf.train.Example(features=tf.train.Features(feature=named))
    return made.SerializeToString()


def write_tfrecord(path, contents):
    with tf.io.TFRecordWriter(str(path)) as writer:
        for content in contents:
            writer.write(content)
