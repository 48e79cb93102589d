"""Checks of arrays that become records; the messages name the arrays."""

import numpy as np

from dpgan_tf import errors

MAX_CLASSES = 1_000
"""The most classes that may be declared."""

_NUM_CHANNELS = (1, 3)


def as_images(array: np.ndarray, *, source: str) -> np.ndarray:
    """Convert images to the form of records.

    Args:
      array: uint8 or floating [n, height, width] or [n, height, width,
        channels]; floats in [-1, 1].
      source: file and key, for messages.

    Returns:
      uint8 or float32 [n, height, width, channels], contiguous.

    Raises:
      errors.DatasetError: naming the source, for anything else.
    """
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.dtype.kind == "f":
        # A value too large for float32 becomes infinite and is refused below.
        with np.errstate(over="ignore"):
            array = array.astype(np.float32)
    check_images(array, source=source)
    return np.ascontiguousarray(array)


def as_labels(
    array: np.ndarray,
    *,
    num_images: int,
    source: str,
    num_classes: int = 0,
    first_label: int = 0,
) -> np.ndarray:
    """Convert labels to the form of records.

    Args:
      array: whole numbers [num_images].
      num_images: number of images that they belong to.
      source: file and key, for messages.
      num_classes: declared number of classes; 0 if there is none.
      first_label: declared number of the first class.

    Returns:
      int64 [num_images], from 0 on.

    Raises:
      errors.DatasetError: naming the source, for anything else.
    """
    array = as_whole_numbers(array, num_images=num_images, source=source)
    most = num_classes or MAX_CLASSES
    if array.min() < first_label or array.max() >= first_label + most:
        raise errors.DatasetError(
            f"{source}: labels go from {array.min()} to {array.max()}; "
            f"expected {first_label} to {first_label + most - 1}, the numbers "
            "of classes being public: "
            f"{_declaration(array)}renumber them, or save an .npz file without "
            "labels."
        )
    return array - first_label


def as_whole_numbers(
    array: np.ndarray, *, num_images: int, source: str
) -> np.ndarray:
    """Convert labels of any numbers.

    Args:
      array: whole numbers [num_images].
      num_images: number of images that they belong to.
      source: file and key, for messages.

    Returns:
      int64 [num_images]; what int64 cannot hold becomes its largest number.

    Raises:
      errors.DatasetError: naming the source, for anything else.
    """
    if array.dtype.kind not in "iu":
        raise errors.DatasetError(
            f"{source}: labels have dtype {array.dtype}; expected whole "
            "numbers: save them with labels.astype('int64')."
        )
    if array.dtype == np.uint64:
        array = np.minimum(array, np.uint64(np.iinfo(np.int64).max))
    array = array.astype(np.int64)
    _check_length(array, num_images=num_images, source=source)
    return array


def _declaration(labels: np.ndarray) -> str:
    """Return how to declare labels' numbers, for the curator's terminal."""
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high - low >= MAX_CLASSES or low > MAX_CLASSES:
        return ""
    return (
        f"declare them with --classes={low}-{high} if these are the numbers "
        "that everybody knows, "
    )


def check_images(images: np.ndarray, *, source: str) -> None:
    """Raise unless images have the form of records.

    Args:
      images: images, expected uint8 or float32 [n, height, width, channels].
      source: name for the message.

    Raises:
      errors.DatasetError: with the value and the remedy.
    """
    if images.ndim != 4:
        raise errors.DatasetError(
            f"{source}: images have shape {list(images.shape)}; expected "
            "[n, height, width] or [n, height, width, channels]."
        )
    if 0 in images.shape:
        raise errors.DatasetError(
            f"{source}: images have shape {list(images.shape)}; expected at "
            "least one image and one pixel."
        )
    if images.shape[3] not in _NUM_CHANNELS:
        if images.shape[1] in _NUM_CHANNELS:
            raise errors.DatasetError(
                f"{source}: images have shape {list(images.shape)}, channels "
                "first; expected them last: save numpy.moveaxis(images, 1, 3)."
            )
        raise errors.DatasetError(
            f"{source}: images have {images.shape[3]} channels; expected 1 or "
            "3, as the last dimension."
        )
    if images.dtype == np.float32:
        _check_float_pixels(images, source=source)
    elif images.dtype != np.uint8:
        raise errors.DatasetError(
            f"{source}: images have dtype {images.dtype}; expected uint8 "
            "(0..255) or floats in [-1, 1]: save them as one of these."
        )


def check_rows(rows: np.ndarray, *, largest: int, source: str) -> None:
    """Raise unless rows have the form of records.

    Args:
      rows: rows, expected uint8 [n, columns] from 0 to `largest`.
      largest: the public limit.
      source: name for the message.

    Raises:
      errors.DatasetError: with the value and the remedy.
    """
    if rows.ndim != 2 or 0 in rows.shape or rows.dtype != np.uint8:
        raise errors.DatasetError(
            f"{source}: rows are {rows.dtype} {list(rows.shape)}; expected "
            "uint8 [n, columns] with at least one of both."
        )
    if rows.max() > largest:
        raise errors.DatasetError(
            f"{source}: counts go up to {rows.max()}; expected at most "
            f"{largest}, the public limit: clip them."
        )


def _check_float_pixels(images, *, source):
    num_bad = images.size - np.count_nonzero(np.isfinite(images))
    if num_bad:
        raise errors.DatasetError(
            f"{source}: {num_bad:,} of {images.size:,} pixels are NaN or "
            "infinite; repair or remove those images."
        )
    if images.min() < -1 or images.max() > 1:
        raise errors.DatasetError(
            f"{source}: float pixels go from {images.min():g} to "
            f"{images.max():g}; expected [-1, 1] (not guessed from the data): "
            "save 2 * x - 1 for pixels in [0, 1], or uint8 for 0..255."
        )


def check_labels(
    labels: np.ndarray,
    *,
    num_images: int,
    source: str,
    num_classes: int = 0,
) -> None:
    """Raise unless labels have the form of records.

    Args:
      labels: labels, expected int64 [num_images] below `num_classes`, or below
        `MAX_CLASSES` if no number is declared.
      num_images: number of images that they belong to.
      source: name for the message.
      num_classes: declared number of classes; 0 if there is none.

    Raises:
      errors.DatasetError: with the value and the remedy.
    """
    most = num_classes or MAX_CLASSES
    _check_length(labels, num_images=num_images, source=source)
    if labels.min() < 0 or labels.max() >= most:
        raise errors.DatasetError(
            f"{source}: labels go from {labels.min()} to {labels.max()}; "
            f"expected 0 to {most - 1}, the number of classes being public: "
            "renumber them, or save an .npz file without labels."
        )


def check_units(units: np.ndarray, *, num_records: int, source: str) -> None:
    """Raise unless each record has the number of a unit, and none is left out.

    Args:
      units: numbers, expected int64 [num_records], from 0 on.
      num_records: number of records that they belong to.
      source: name for the message.

    Raises:
      errors.DatasetError: with the value and the remedy.
    """
    if units.dtype != np.int64 or units.shape != (num_records,):
        raise errors.DatasetError(
            f"{source}: units are {units.dtype} {list(units.shape)}; expected "
            f"whole numbers [{num_records}], one for each record."
        )
    if units.min() < 0 or not np.bincount(units).all():
        raise errors.DatasetError(
            f"{source}: units are not numbered from 0 on; renumber them."
        )


def _check_length(labels, *, num_images, source):
    if labels.dtype != np.int64 or labels.shape != (num_images,):
        raise errors.DatasetError(
            f"{source}: labels are {labels.dtype} {list(labels.shape)}; "
            f"expected whole numbers [{num_images}], one for each image."
        )
