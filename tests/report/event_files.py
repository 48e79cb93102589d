"""Event files of TensorBoard for tests."""

import tensorflow as tf


def write(folder, number, **points):
    """Write scalars into a folder's event file of a number.

    Args:
      folder: of the file, which is made.
      number: by which files are in order, as times of day are.
      **points: by tag, "__" standing for "/", values by step.
    """
    made = folder / "unsorted"
    with tf.summary.create_file_writer(str(made)).as_default():
        for tag, values in points.items():
            for step, value in values.items():
                tf.summary.scalar(tag.replace("__", "/"), value, step=step)
        tf.summary.flush()
    (path,) = made.iterdir()
    target = folder / f"events.out.tfevents.{number}.host"
    path.rename(target)
    made.rmdir()
    return target
