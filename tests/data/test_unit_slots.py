"""A person is drawn with all records or none, into slots side by side."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.data import unit_slots
from dpgan_tf.privacy import batches
from tests.data import files
from tests.data import poisson_check

KEY = np.array([0x1234_5678_9ABC_DEF0, -77, 3, 2**62], np.int64)
MOST = 3


def private(num_units, *, seed=0):
    """Return persons of one to three records, in no order."""
    rng = np.random.default_rng(seed)
    units = np.repeat(np.arange(num_units), rng.integers(1, 4, num_units))
    units = rng.permutation(units)
    return records.PrivateRecords(
        files.numbered_images(len(units)), units=units
    )


def rounds(some, *, q, chunk_size=6, most=MOST, **more):
    return pipelines.poisson_batches(
        some,
        sampling_probability=q,
        chunk_size=chunk_size,
        most_records_per_unit=most,
        key=KEY,
        steps_per_round=1,
        **more,
    )


def take(dataset, num_steps):
    steps = itertools.chain.from_iterable(dataset.as_numpy_iterator())
    return list(itertools.islice(steps, num_steps))


def numbers(batch):
    return files.numbers(batch.examples[batch.mask])


@pytest.fixture(scope="module")
def drawn():
    some = private(60)
    return some, take(rounds(some, q=0.3, chunk_size=33), 500)


def test_persons_are_poisson_sampled_with_all_their_records(drawn):
    some, taken = drawn
    sizes = np.bincount(some.units)
    counts = np.zeros([len(taken), some.num_units], int)
    for t, batch in enumerate(taken):
        of_units = np.bincount(some.units[numbers(batch)], minlength=60)
        assert np.isin(of_units, [0, 1, 2, 3]).all()
        assert (of_units[of_units > 0] == sizes[of_units > 0]).all()
        counts[t] = of_units > 0
    assert poisson_check.violations(counts, q=0.3) == {}


def test_a_person_has_slots_of_its_own_in_one_chunk(drawn):
    some, taken = drawn
    for batch in taken[:50]:
        assert batch.mask.shape[1] % MOST == 0
        units = np.full(batch.mask.size, -1)
        units[batch.mask.reshape(-1)] = some.units[numbers(batch)]
        seen = [set(slots) - {-1} for slots in units.reshape(-1, MOST)]
        assert all(len(each) <= 1 for each in seen)
        whole = [unit for each in seen for unit in each]
        assert len(whole) == len(set(whole))


def test_random_ids_tell_the_person_and_are_even_for_each_record(drawn):
    some, taken = drawn
    first = np.array([np.flatnonzero(some.units == u)[0] for u in range(60)])
    of_first = []
    for batch in taken:
        places, ids = numbers(batch), batch.random_ids[batch.mask]
        assert len(set(ids)) == len(ids) and ids.min() >= 0
        of_unit = dict(zip(some.units[places], ids // MOST, strict=True))
        for place, one in zip(places, ids, strict=True):
            assert of_unit[some.units[place]] == one // MOST
        of_first += ids[np.isin(places, first)].tolist()
    # A first record meets all of six fakes alike, not every third.
    found = np.bincount(np.array(of_first) % 6, minlength=6)
    np.testing.assert_allclose(found / len(of_first), 1 / 6, atol=0.02)


def test_replicas_have_whole_persons(drawn):
    some, taken = drawn
    parts = [
        take(
            rounds(some, q=0.3, share=pipelines.Share(first=i, num_replicas=2)),
            20,
        )
        for i in range(2)
    ]
    for t in range(20):
        own = [numbers(part[t]) for part in parts]
        assert sorted(np.concatenate(own)) == sorted(numbers(taken[t]))
        assert not set(some.units[own[0]]) & set(some.units[own[1]])


def test_with_one_record_each_the_batches_are_those_without_persons():
    images = files.numbered_images(40)
    plain = records.PrivateRecords(images)
    units = records.PrivateRecords(images, units=np.arange(40))
    one = take(rounds(plain, q=0.4, most=1, chunk_size=8), 5)
    other = take(rounds(units, q=0.4, most=1, chunk_size=8), 5)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.examples[a.mask], b.examples[b.mask])
        np.testing.assert_array_equal(a.random_ids, b.random_ids)
        np.testing.assert_array_equal(a.mask, b.mask)


def test_fixed_chunks_are_full_ones():
    [batch] = take(rounds(private(30), q=0.5, fixed_chunks=True), 1)
    assert batch.mask.shape[1] == 6


def test_an_empty_sample_is_a_batch():
    [batch] = take(rounds(private(3), q=1e-12), 1)
    assert batch.mask.shape[1] % MOST == 0 and not batch.mask.any()


@pytest.mark.parametrize(
    ("units", "most", "problem"),
    [
        (None, 2, "no units"),
        (np.array([0, 0, 0, 1]), 2, "more records than most_records_per_unit"),
    ],
)
def test_persons_that_do_not_fit_are_refused(units, most, problem):
    some = records.PrivateRecords(files.numbered_images(4), units=units)
    with pytest.raises(ValueError, match=problem):
        unit_slots.spreader(some, most_records_per_unit=most)


def test_chunks_are_of_whole_persons():
    with pytest.raises(ValueError, match="chunk_size=8; .* multiple"):
        rounds(private(5), q=0.5, chunk_size=8)
    assert batches.whole_units(128, most_records_per_unit=5) == 125
    assert batches.whole_units(4, most_records_per_unit=9) == 9
    assert batches.whole_units(128, most_records_per_unit=1) == 128


def test_empty_slots_hold_zeros():
    spread = unit_slots.spreader(private(4), most_records_per_unit=MOST)
    slots = spread(tf.constant([2, 0], tf.int64), tf.constant([5, 6], tf.int64))
    rows = tf.ones([len(slots.places), 2])
    filled = slots.fill(rows).numpy()
    assert filled.shape == (6, 2)
    np.testing.assert_array_equal(filled[:, 0], slots.mask)
