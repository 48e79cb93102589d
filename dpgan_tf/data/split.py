"""The split into public and private records (dp-GAN, section 5: 2 : 98).

Public records warm-start the GAN and give the clipping bounds; the guarantee
covers the private ones only. A record's side follows from the seed and its own
name or number, where it has one, else from what it contains: adding or removing
another record moves none. Where persons have several records, a person's side
follows from the person's name. The number of public records is not fixed, but
binomial. The split's record identifies the split.
"""

import dataclasses
import hashlib
import hmac
from typing import TypeVar

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import chance
from dpgan_tf.data import datasets
from dpgan_tf.data import identities
from dpgan_tf.data import persons
from dpgan_tf.data import records

Taken = TypeVar("Taken", records.PublicRecords, records.PrivateRecords)

_MIN_SALT_BYTES = 16
_CHUNK_BYTES = 2**24


@dataclasses.dataclass(frozen=True, kw_only=True)
class SplitRecord:
    """The record that identifies a split.

    Attributes:
      dataset: the data set's name.
      seed: the split's seed.
      public_fraction: the requested fraction.
      num_public: number of public records.
      num_private: number of private records.
      public_indices_sha256: SHA-256 of the public indices, ascending, each as 8
        bytes, little-endian.
    """

    dataset: str
    seed: int
    public_fraction: float
    num_public: int
    num_private: int
    public_indices_sha256: str

    def to_dict(self) -> dict[str, str | int | float]:
        """Return the fields, in order, as JSON values."""
        return dataclasses.asdict(self)


def split_public_private(
    dataset: datasets.Dataset,
    *,
    public_fraction: float,
    seed: int,
    most_records_per_unit: int = 1,
) -> tuple[records.PublicRecords, records.PrivateRecords, SplitRecord]:
    """Split the training part at random; every record goes to one side.

    Args:
      dataset: data set whose training part is split; its test part is not.
      public_fraction: a record's chance of being public, in (0, 1).
      seed: at least 0; the same seed gives the same split.
      most_records_per_unit: see `take_private`.

    Returns:
      The public records, the private ones, and the split's record.

    Raises:
      ValueError: if a value is out of range.
      ConfigError: if one side would be empty.
    """
    if seed < 0:
        raise ValueError(f"seed={seed}; expected >= 0.")
    is_public = _is_public(dataset, public_fraction, seed)
    _require_both_sides(is_public, public_fraction)
    public, private = np.flatnonzero(is_public), np.flatnonzero(~is_public)
    record = SplitRecord(
        dataset=dataset.name,
        seed=seed,
        public_fraction=public_fraction,
        num_public=len(public),
        num_private=len(private),
        public_indices_sha256=_indices_sha256(public),
    )
    return (
        take(records.PublicRecords, dataset, public),
        take_private(
            dataset,
            private,
            most_records_per_unit=most_records_per_unit,
            seed=seed,
        ),
        record,
    )


def take(
    kind: type[Taken],
    dataset: datasets.Dataset,
    indices: np.ndarray | None = None,
) -> Taken:
    """Return records of the training part as public or as private ones.

    Args:
      kind: `records.PublicRecords` or `records.PrivateRecords`.
      dataset: data set whose training part to use.
      indices: the records' numbers, int64 [n]; by default all.
    """
    examples, labels = dataset.training_part
    if indices is not None:
        examples = records.select(examples, indices)
        labels = None if labels is None else labels[indices]
    return kind(examples, labels, dataset.scale, dataset.form.num_classes)


def take_private(
    dataset: datasets.Dataset,
    indices: np.ndarray | None = None,
    *,
    most_records_per_unit: int,
    seed: int,
) -> records.PrivateRecords:
    """Return records of the training part as private ones, with their units.

    Args:
      dataset: data set whose training part to use.
      indices: the records' numbers, int64 [n]; by default all.
      most_records_per_unit: number L of records of a person that are taken at
        most, where the data set has persons; see `persons.kept`.
      seed: seed of their choice.
    """
    units, names = dataset.train_units, dataset.train_identities
    if units is None:
        return take(records.PrivateRecords, dataset, indices)
    if indices is None:
        indices = np.arange(len(units))
    indices = indices[
        persons.kept(
            units[indices],
            None if names is None else names[indices],
            most=most_records_per_unit,
            seed=seed,
        )
    ]
    return dataclasses.replace(
        take(records.PrivateRecords, dataset, indices),
        units=persons.numbered(units[indices]),
    )


def fingerprint(private: records.PrivateRecords, *, salt: bytes) -> str:
    """Return a keyed hash that identifies private records.

    A plain hash would let anybody test a guess of the private records, so the
    salt must be drawn from the operating system and kept with them.

    Args:
      private: the records.
      salt: at least 16 secret bytes.

    Returns:
      HMAC-SHA256 of the declared number of classes, and of examples, labels and
      units with their types and shapes, 64 hex digits; for stored examples
      their identity stands for the pixels.

    Raises:
      ValueError: if the salt is too short.
    """
    if len(salt) < _MIN_SALT_BYTES:
        raise ValueError(
            f"salt has {len(salt)} bytes; expected >= {_MIN_SALT_BYTES}."
        )
    digest = hmac.new(salt, digestmod=hashlib.sha256)
    _add_records(digest, private)
    if private.units is not None:
        digest.update(b"units;")
        digest.update(np.ascontiguousarray(private.units, "<i8"))
    return digest.hexdigest()


def public_sha256(public: records.PublicRecords) -> str:
    """Return a hash that identifies public records, 64 hex digits.

    Args:
      public: the records.
    """
    digest = hashlib.sha256()
    _add_records(digest, public)
    return digest.hexdigest()


def _add_records(digest, some) -> None:
    digest.update(f"{some.num_classes} classes;".encode())
    for array in (some.examples, some.labels):
        if array is None:
            digest.update(b"none;")
            continue
        digest.update(f"{array.dtype.str}{array.shape};".encode())
        if not isinstance(array, np.ndarray):
            digest.update(array.identity)
            continue
        view = np.ascontiguousarray(array).data.cast("B")
        for start in range(0, len(view), _CHUNK_BYTES):
            digest.update(view[start : start + _CHUNK_BYTES])


def _is_public(dataset, public_fraction, seed) -> np.ndarray:
    """Return each record's side, decided by itself: bool [n]."""
    if not 0 < public_fraction < 1:
        raise ValueError(
            f"public_fraction={public_fraction}; expected > 0 and < 1."
        )
    purpose = f"public {seed}"
    if dataset.train_units is not None:
        return persons.are_chosen(
            dataset.train_units, purpose=purpose, share=public_fraction
        )
    names = dataset.train_identities
    own = (
        identities.of_content(*dataset.training_part)
        if names is None
        else names.tolist()
    )
    # "public": with the same seed, other records are held out for scores.
    chances = (chance.of(f"{purpose} {identity}") for identity in own)
    return np.fromiter(chances, np.float64, len(own)) < public_fraction


def _require_both_sides(is_public, public_fraction) -> None:
    if is_public.all() or not is_public.any():
        raise errors.ConfigError(
            f"public_fraction={public_fraction} of {len(is_public)} records "
            "leaves the public or the private side empty; change it, or begin "
            "with a preset that needs no public record, such as mnist_basic."
        )


def _indices_sha256(indices):
    return hashlib.sha256(indices.astype("<i8").tobytes()).hexdigest()
