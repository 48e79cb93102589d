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


def _dataset(num_records, **fields):
    return datasets.ImageDataset(
        name="numbers",
        train_images=files.numbered_images(num_records),
        train_labels=np.arange(num_records, dtype=np.int64) % 10,
        **fields,
    )


def _public_numbers(dataset, *, public_fraction=0.02, seed=0):
    public, _, _ = split.split_public_private(
        dataset, public_fraction=public_fraction, seed=seed
    )
    return set(files.numbers(public.examples))


def _split(num_records=60_000, *, public_fraction=0.02, seed=0):
    return split.split_public_private(
        _dataset(num_records), public_fraction=public_fraction, seed=seed
    )


def test_the_two_sides_are_disjoint_and_complete():
    public, private, record = _split()
    assert isinstance(public, records.PublicRecords)
    assert isinstance(private, records.PrivateRecords)
    # Binomial(60,000, 0.02): mean 1,200, deviation 34.
    assert abs(len(public) - 1200) < 170
    assert record.num_public == len(public)
    assert record.num_private == len(private) == 60_000 - len(public)
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
        "num_public": len(public),
        "num_private": 60_000 - len(public),
        "public_indices_sha256": hashlib.sha256(indices).hexdigest(),
    }
    assert json.loads(json.dumps(record.to_dict())) == record.to_dict()


def test_the_split_is_the_one_it_always_was():
    assert _split()[2].public_indices_sha256 == (
        "4001e8ea6e145056327562d5e7cf9d8da9d7654a1d29fc517e228c34e9dc7285"
    )


@pytest.mark.parametrize("place", [0, 1_234, 2_999])
def test_a_record_without_a_name_anywhere_moves_no_other(place):
    """A record that stands before others has changed all their numbers."""
    whole = _dataset(3_000)
    kept = np.delete(np.arange(3_000), place)
    without = dataclasses.replace(
        whole,
        train_images=whole.train_images[kept],
        train_labels=whole.train_labels[kept],
    )
    before, after = (_public_numbers(held) for held in (whole, without))
    assert before and before - {place} == after


def test_one_of_many_equal_records_moves_no_other():
    images = np.zeros([400, 28, 28, 1], np.uint8)
    sizes = []
    for num in (399, 400):
        dataset = dataclasses.replace(
            _dataset(num), train_images=images[:num], train_labels=None
        )
        sides = split.split_public_private(
            dataset, public_fraction=0.5, seed=0
        )[:2]
        sizes.append([len(side) for side in sides])
    assert 100 < sizes[0][0] < 300
    fewer, more = np.array(sizes)
    assert sorted(more - fewer) == [0, 1]


def test_a_label_is_a_part_of_what_a_record_contains():
    dataset = _dataset(3_000)
    other = dataclasses.replace(
        dataset, train_labels=(dataset.train_labels + 1) % 10
    )
    assert _public_numbers(dataset) != _public_numbers(other)


@pytest.mark.parametrize("place", [0, 17, 2_999])
@pytest.mark.parametrize("dtype", [np.uint64, np.int64, np.int32])
def test_a_named_record_more_or_less_anywhere_moves_no_other(place, dtype):
    """In any order: only its own identity decides on which side one is."""
    identities = np.random.default_rng(0).permutation(3_000).astype(dtype)
    whole = _dataset(3_000, train_identities=identities)
    order = np.random.default_rng(1).permutation(3_000)
    kept = order[order != place]
    without = dataclasses.replace(
        whole,
        train_images=whole.train_images[kept],
        train_labels=whole.train_labels[kept],
        train_identities=identities[kept],
    )
    before, after = (_public_numbers(held) for held in (whole, without))
    assert before and before - {place} == after


def test_the_two_sides_of_named_records_follow_their_names():
    """Two data sets of the same names have them on the same sides."""
    names = np.random.default_rng(3).permutation(10_000)[:2_000]
    first, second = names[:1_500], names[500:][::-1]
    sides = [
        set(
            chosen[
                sorted(
                    _public_numbers(_dataset(1_500, train_identities=chosen))
                )
            ]
        )
        for chosen in (first, second)
    ]
    shared = set(first) & set(second)
    assert len(shared) == 1_000
    assert sides[0] & shared == sides[1] & shared != set()


def test_the_number_of_public_records_is_binomial():
    sizes = [len(_split(1000, seed=seed)[0]) for seed in range(300)]
    # Mean 20, variance 19.6; of 300 seeds: deviations 0.26 and 1.6.
    assert abs(np.mean(sizes) - 20) < 1.3
    assert abs(np.var(sizes) - 19.6) < 8


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


@pytest.mark.parametrize("public_fraction", [0.0001, 0.9999])
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
    num = len(private)
    message = b"0 classes;|u1(%d, 1, 2, 1);" % num + images.tobytes()
    message += b"<i8(%d,);" % num + labels.tobytes()
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
            (records.PrivateRecords(images.reshape(-1, 2, 1, 1)), _SALT),
        ]
    ]
    assert len(set(variants)) == len(variants)
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in variants)


def test_a_short_salt_is_refused():
    with pytest.raises(ValueError, match="salt has 15 bytes"):
        split.fingerprint(_split(100)[1], salt=bytes(15))


def _of_persons(num_records=2_000, seed=0):
    """Return records of 300 persons, in no order."""
    units = np.random.default_rng(seed).integers(0, 300, num_records)
    return _dataset(num_records, train_units=(7 * units).astype(np.uint64))


def test_no_person_is_on_both_sides():
    dataset = _of_persons()
    public, private, _ = split.split_public_private(
        dataset, public_fraction=0.3, seed=0, most_records_per_unit=99
    )
    of_public, of_private = (
        dataset.train_units[files.numbers(side.examples)]
        for side in (public, private)
    )
    assert len(public) + len(private) == 2_000
    assert not set(of_public) & set(of_private)
    # Binomial(300, 0.3): mean 90, deviation 8.
    assert abs(len(set(of_public)) - 90) < 40
    assert private.num_units == len(set(of_private))
    numbered = dict(zip(of_private, private.units, strict=True))
    assert [numbered[unit] for unit in of_private] == private.units.tolist()


def test_a_person_more_moves_no_other():
    dataset = _of_persons()
    left = np.flatnonzero(dataset.train_units != 7 * 11)
    fewer = dataclasses.replace(
        dataset,
        train_images=dataset.train_images[left],
        train_labels=dataset.train_labels[left],
        train_units=dataset.train_units[left],
    )
    found = []
    for some in (dataset, fewer):
        sides = split.split_public_private(
            some, public_fraction=0.3, seed=0, most_records_per_unit=2
        )
        found.append([set(files.numbers(side.examples)) for side in sides[:2]])
    theirs = set(np.flatnonzero(dataset.train_units == 7 * 11))
    for with_them, without in zip(*found, strict=True):
        assert with_them - theirs == without


def test_private_persons_have_no_more_records_than_declared():
    dataset = _of_persons()
    private = split.take_private(dataset, most_records_per_unit=3, seed=0)
    assert np.bincount(private.units).max() == 3
    assert private.num_units == len(set(dataset.train_units))
    np.testing.assert_array_equal(
        private.labels, files.numbers(private.examples) % 10
    )


def test_the_fingerprint_tells_whose_record_each_is():
    images = files.images(6)
    salt = bytes(16)
    found = {
        split.fingerprint(
            records.PrivateRecords(images, units=units), salt=salt
        )
        for units in (
            None,
            np.array([0, 0, 1, 1, 2, 2]),
            np.array([0, 1, 1, 1, 2, 2]),
        )
    }
    assert len(found) == 3
