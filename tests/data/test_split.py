"""The split is disjoint, complete, repeatable and recorded."""

import dataclasses
import hashlib
import hmac
import json
import re

import numpy as np
import pytest

from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.data import split
from tests.data import files


def _dataset(num_records):
    return datasets.ImageDataset(
        name="numbers",
        train_images=files.numbered_images(num_records),
        train_labels=np.arange(num_records, dtype=np.int64) % 10,
    )


def _split(num_records=60_000, *, public_fraction=0.02, seed=0):
    return split.split_public_private(
        _dataset(num_records), public_fraction=public_fraction, seed=seed
    )


def test_the_two_sides_are_disjoint_and_complete():
    public, private, record = _split()
    assert isinstance(public, records.PublicRecords)
    assert isinstance(private, records.PrivateRecords)
    assert (len(public), len(private)) == (1200, 58_800)
    assert (record.num_public, record.num_private) == (1200, 58_800)
    both = np.concatenate(
        [files.numbers(public.examples), files.numbers(private.examples)]
    )
    np.testing.assert_array_equal(np.sort(both), np.arange(60_000))


def test_labels_stay_with_their_images():
    for held in _split(1000)[:2]:
        np.testing.assert_array_equal(
            held.labels, files.numbers(held.examples) % 10
        )


def test_data_without_labels_is_split_too():
    dataset = dataclasses.replace(_dataset(100), train_labels=None)
    public, private, _ = split.split_public_private(
        dataset, public_fraction=0.5, seed=0
    )
    assert public.labels is None
    assert private.labels is None


def test_the_record_identifies_the_split():
    public, _, record = _split()
    indices = np.sort(files.numbers(public.examples)).astype("<i8")
    assert record.to_dict() == {
        "dataset": "numbers",
        "seed": 0,
        "public_fraction": 0.02,
        "num_public": 1200,
        "num_private": 58_800,
        "public_indices_sha256": hashlib.sha256(indices).hexdigest(),
    }
    assert json.loads(json.dumps(record.to_dict())) == record.to_dict()


def test_the_split_is_the_one_it_always_was():
    assert _split()[2].public_indices_sha256 == (
        "b37c9ae32e6dc1259e2afa071a5d85387a19e55b2599f0ed0ea834be59750eb4"
    )


def test_another_seed_gives_another_split():
    assert _split(seed=1)[2] != _split(seed=0)[2]
    shared = set(files.numbers(_split(seed=1)[0].examples)) & set(
        files.numbers(_split()[0].examples)
    )
    # Hypergeometric: mean 24, deviation 4.8.
    assert len(shared) < 60


def test_every_record_is_as_likely_to_be_public():
    counts = np.zeros(50)
    for seed in range(2000):
        counts[
            files.numbers(
                _split(50, public_fraction=0.2, seed=seed)[0].examples
            )
        ] += 1
    # Binomial(2000, 0.2): mean 400, deviation 17.9; five of them.
    assert np.abs(counts - 400).max() < 90


@pytest.mark.parametrize("public_fraction", [0.0, 1.0, -0.1, 2, float("nan")])
def test_a_fraction_out_of_range_is_refused(public_fraction):
    with pytest.raises(ValueError, match=f"public_fraction={public_fraction}"):
        _split(100, public_fraction=public_fraction)


@pytest.mark.parametrize("public_fraction", [0.001, 0.999])
def test_an_empty_side_is_refused(public_fraction):
    with pytest.raises(ValueError, match="of 100 records leaves"):
        _split(100, public_fraction=public_fraction)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed=-1"):
        _split(100, seed=-1)


_SALT = bytes(range(32))


def test_the_fingerprint_is_a_keyed_hash_of_the_arrays():
    _, private, _ = _split(100)
    images, labels = private.examples, private.labels
    message = b"0 classes;|u1(98, 1, 2, 1);" + images.tobytes()
    message += b"<i8(98,);" + labels.tobytes()
    assert split.fingerprint(private, salt=_SALT) == (
        hmac.new(_SALT, message, "sha256").hexdigest()
    )


def test_the_fingerprint_changes_with_salt_pixels_labels_and_order():
    _, private, _ = _split(100)
    images, labels = private.examples, private.labels
    brighter = images.copy()
    brighter[7, 0, 0, 0] += 1
    variants = [
        split.fingerprint(held, salt=salt)
        for held, salt in [
            (private, _SALT),
            (private, _SALT[::-1]),
            (records.PrivateRecords(brighter, labels), _SALT),
            (records.PrivateRecords(images, labels[::-1]), _SALT),
            (records.PrivateRecords(images[::-1], labels), _SALT),
            (records.PrivateRecords(images), _SALT),
            (records.PrivateRecords(images, labels, num_classes=10), _SALT),
            (records.PrivateRecords(images.reshape(98, 2, 1, 1)), _SALT),
        ]
    ]
    assert len(set(variants)) == len(variants)
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in variants)


def test_a_short_salt_is_refused():
    with pytest.raises(ValueError, match="salt has 15 bytes"):
        split.fingerprint(_split(100)[1], salt=bytes(15))
