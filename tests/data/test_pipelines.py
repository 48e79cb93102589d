"""Poisson batches are Poisson, complete and repeatable; public ones distinct.

Every test record holds its own number in two pixels, so that what a batch
contains can be read back from the scaled images.
"""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy.ledger import header
from tests.data import files
from tests.data import poisson_check

_KEY = np.array([0x1234_5678_9ABC_DEF0, -77, 5, 6], np.int64)


def _private(num_records):
    return records.PrivateRecords(files.numbered_images(num_records))


def _public(num_records):
    return records.PublicRecords(files.numbered_images(num_records))


def _poisson(num_records, *, q, chunk_size=16, key=_KEY):
    return pipelines.poisson_batches(
        _private(num_records),
        sampling_probability=q,
        chunk_size=chunk_size,
        key=key,
        steps_per_round=1,
    )


def _take(dataset, num_steps):
    """Return the batches of some steps; a round may hold several."""
    steps = itertools.chain.from_iterable(dataset.as_numpy_iterator())
    return list(itertools.islice(steps, num_steps))


def _contents(batch):
    return files.numbers(batch.examples[batch.mask])


def _counts(dataset, *, num_steps, num_records):
    return np.stack(
        [
            np.bincount(_contents(batch), minlength=num_records)
            for batch in _take(dataset, num_steps)
        ]
    )


@pytest.mark.parametrize("q", [0.1, 0.5])
def test_private_batches_are_poisson_samples(q):
    counts = _counts(_poisson(200, q=q), num_steps=800, num_records=200)
    assert poisson_check.violations(counts, q=q) == {}


def test_random_ids_know_neither_record_nor_step_nor_neighbour():
    """Else the records behind one that is taken out would meet other things."""
    num_records, num_steps, among = 40, 600, 4
    taken = _take(_poisson(num_records, q=0.5, chunk_size=64), num_steps)
    ids = np.full([num_steps, num_records], -1)
    for t, batch in enumerate(taken):
        drawn = batch.random_ids[batch.mask]
        assert len(set(drawn)) == len(drawn) and drawn.min() >= 0
        ids[t, _contents(batch)] = drawn % among
    differences = {
        "record": ids,
        "step": np.where(ids[1:] >= 0, ids[1:] - ids[:-1], -1),
        "neighbour": np.where(ids[:, 1:] >= 0, ids[:, 1:] - ids[:, :-1], -1),
    }
    valid = {
        "record": ids >= 0,
        "step": (ids[1:] >= 0) & (ids[:-1] >= 0),
        "neighbour": (ids[:, 1:] >= 0) & (ids[:, :-1] >= 0),
    }
    for name, values in differences.items():
        axis = 1 if name == "neighbour" else 0
        tables = np.stack(
            [
                np.sum(valid[name] & (values % among == k), axis=axis)
                for k in range(among)
            ]
        )
        expected = tables.sum(axis=0) / among
        statistic = np.sum((tables - expected) ** 2 / expected)
        law = stats.chi2(expected.size * (among - 1))
        assert 1e-6 < law.sf(statistic) < 1 - 1e-6, name


def test_a_shuffled_data_set_fails_the_same_check():
    shuffled = (
        tf.data.Dataset.range(200).shuffle(200, seed=1).repeat().batch(20)
    )
    shuffled = itertools.islice(shuffled.as_numpy_iterator(), 800)
    counts = np.stack([np.bincount(b, minlength=200) for b in shuffled])
    assert poisson_check.violations(counts, q=0.1)


def test_public_batches_fail_the_same_check():
    public = pipelines.public_batches(
        _public(200), batch_size=20, seed=0, steps_per_round=1
    )
    counts = np.stack(
        [
            np.bincount(files.numbers(batch.examples), minlength=200)
            for batch in _take(public, 800)
        ]
    )
    assert set(poisson_check.violations(counts, q=0.1)) == {"batch_sizes"}


def test_a_record_keeps_its_label():
    images, labels = files.numbered_images(300), np.arange(300) * 3 % 10
    private = pipelines.poisson_batches(
        records.PrivateRecords(images, labels),
        sampling_probability=0.2,
        chunk_size=16,
        key=_KEY,
        steps_per_round=1,
    )
    public = pipelines.public_batches(
        records.PublicRecords(images, labels),
        batch_size=30,
        seed=4,
        steps_per_round=1,
    )
    for batch in _take(private, 5):
        found = batch.labels[batch.mask]
        np.testing.assert_array_equal(found, labels[_contents(batch)])
    for batch in _take(public, 5):
        numbers = files.numbers(batch.examples)
        np.testing.assert_array_equal(batch.labels, labels[numbers])


class _OnDisk:
    """Images that are read when they are indexed, as prepared ones are."""

    def __init__(self, images):
        self._images = images
        self.shape, self.dtype, self.ndim = images.shape, images.dtype, 4

    def __len__(self):
        return len(self._images)

    def __getitem__(self, key):
        return self._images[key]


@pytest.mark.parametrize(
    ("is_labelled", "fixed_chunks", "steps_per_round", "share"),
    list(
        itertools.product(
            [False, True],
            [False, True],
            [1, 2],
            [pipelines.EVERYTHING, pipelines.Share(num_here=2, num_replicas=4)],
        )
    ),
)
def test_stored_images_have_the_static_shapes_of_arrays(
    is_labelled, fixed_chunks, steps_per_round, share
):
    images = files.numbered_images(20)
    labels = np.arange(20) % 10 if is_labelled else None
    specs = []
    for examples in (images, _OnDisk(images)):
        private = pipelines.poisson_batches(
            records.PrivateRecords(examples, labels),
            sampling_probability=0.5,
            chunk_size=20,
            key=_KEY,
            steps_per_round=steps_per_round,
            fixed_chunks=fixed_chunks,
            share=share,
        )
        public = pipelines.public_batches(
            records.PublicRecords(examples, labels),
            batch_size=6,
            seed=0,
            steps_per_round=steps_per_round,
            share=share,
        )
        specs.append((private.element_spec, public.element_spec))
    assert specs[0] == specs[1]
    for batch in specs[1][0]:
        size = 20 if fixed_chunks else None
        assert batch.examples.shape[1:] == (size, 1, 2, 1)
        assert batch.mask.shape[1:] == (size,)
    for batch in specs[1][1]:
        assert batch.examples.shape == (6, 1, 2, 1)
        assert batch.labels.shape == (6,)


def test_batches_of_many_chunks_lose_no_record():
    everything = np.arange(1000)
    for chunk_size in (1, 7, 1000, 4096):
        (batch,) = _take(_poisson(1000, q=1.0, chunk_size=chunk_size), 1)
        assert len(batch.examples) == -(-1000 // chunk_size)
        np.testing.assert_array_equal(np.sort(_contents(batch)), everything)


def test_chunk_size_does_not_change_who_is_sampled():
    small = _take(_poisson(300, q=0.2, chunk_size=3), 20)
    large = _take(_poisson(300, q=0.2, chunk_size=64), 20)
    for one, other in zip(small, large, strict=True):
        np.testing.assert_array_equal(_contents(one), _contents(other))


def test_empty_batches_are_batches():
    for batch in _take(_poisson(10, q=1e-12, chunk_size=4), 100):
        assert batch.examples.shape == (1, 4, 1, 2, 1)
        assert not batch.mask.any()
        assert not batch.examples.any()


def test_padding_is_exactly_zero_and_masked():
    for batch in _take(_poisson(100, q=0.3, chunk_size=7), 50):
        assert batch.mask.shape == batch.examples.shape[:2]
        assert not batch.examples[~batch.mask].any()
        assert (~batch.mask).sum() < 7


def test_pixels_are_scaled_to_the_ends_of_the_range():
    ramp = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    dataset = pipelines.poisson_batches(
        records.PrivateRecords(ramp),
        sampling_probability=1.0,
        chunk_size=1,
        key=_KEY,
        steps_per_round=1,
    )
    (batch,) = _take(dataset, 1)
    assert batch.examples.dtype == np.float32
    assert batch.examples.min() == -1
    assert batch.examples.max() == 1
    # Two roundings of values below 2 in float32.
    np.testing.assert_allclose(
        batch.examples[0], records.scale(ramp), rtol=0, atol=2.4e-7
    )


def test_float_pixels_are_kept():
    images = np.linspace(-1, 1, 60, dtype=np.float32).reshape(5, 2, 2, 3)
    dataset = pipelines.poisson_batches(
        records.PrivateRecords(images),
        sampling_probability=1.0,
        chunk_size=5,
        key=_KEY,
        steps_per_round=1,
    )
    (batch,) = _take(dataset, 1)
    np.testing.assert_array_equal(batch.examples[0], images)


def test_an_element_is_a_round_of_consecutive_steps():
    """Whatever the rounds are, step t has the batch of step t."""
    wanted = {
        "private": _take(_poisson(50, q=0.2), 12),
        "public": _take(
            pipelines.public_batches(
                _public(50), batch_size=5, seed=1, steps_per_round=1
            ),
            12,
        ),
    }
    for n in (2, 4):
        private = pipelines.poisson_batches(
            _private(50),
            sampling_probability=0.2,
            chunk_size=16,
            key=_KEY,
            steps_per_round=n,
        )
        public = pipelines.public_batches(
            _public(50), batch_size=5, seed=1, steps_per_round=n
        )
        assert len(private.element_spec) == len(public.element_spec) == n
        for found, steps in ((private, "private"), (public, "public")):
            for one, other in zip(_take(found, 12), wanted[steps], strict=True):
                np.testing.assert_array_equal(one.examples, other.examples)


def test_batches_come_in_order_and_no_thread_tunes_them():
    private = _poisson(8, q=0.5)
    public = pipelines.public_batches(
        _public(8), batch_size=2, seed=0, steps_per_round=1
    )
    for batches_of in (private, public, tf.data.Dataset.zip(private, public)):
        options = batches_of.options()
        assert options.deterministic is True
        assert options.autotune.enabled is False


@pytest.mark.parametrize("num", [0, -1])
def test_a_round_without_steps_is_refused(num):
    with pytest.raises(ValueError, match=f"steps_per_round={num}"):
        pipelines.public_batches(
            _public(5), batch_size=5, seed=1, steps_per_round=num
        )


def test_all_batches_are_of_one_type_whatever_their_size():
    (spec,) = _poisson(10, q=0.5, chunk_size=4).element_spec
    assert isinstance(spec, batches.PrivateBatch)
    assert spec.examples == tf.TensorSpec([None, None, 1, 2, 1], tf.float32)
    assert spec.mask == tf.TensorSpec([None, None], tf.bool)


def test_chunks_have_one_size_for_xla():
    dataset = pipelines.poisson_batches(
        _private(100),
        sampling_probability=0.2,
        chunk_size=16,
        key=_KEY,
        steps_per_round=1,
        fixed_chunks=True,
    )
    (spec,) = dataset.element_spec
    assert spec.examples == tf.TensorSpec([None, 16, 1, 2, 1], tf.float32)
    for batch, same in zip(
        _take(dataset, 20), _take(_poisson(100, q=0.2), 20), strict=True
    ):
        np.testing.assert_array_equal(_contents(batch), _contents(same))


def test_chunks_share_the_records_out_evenly():
    """Few slots are wasted, and few sizes occur."""
    found = _take(_poisson(1000, q=0.3, chunk_size=128), 40)
    sizes = {batch.mask.shape[1] for batch in found}
    assert max(sizes) <= 128
    assert all(size % 8 == 0 for size in sizes)
    for batch in found:
        num_chunks, num = len(batch.mask), batch.mask.sum()
        assert num_chunks == -(-num // 128)
        assert batch.mask.size - num < 8 * num_chunks + num_chunks


def test_a_key_gives_the_same_batches_again():
    dataset = _poisson(300, q=0.1)
    runs = [
        [_contents(batch) for batch in _take(source, 10)]
        for source in (dataset, dataset, _poisson(300, q=0.1))
    ]
    for again in runs[1:]:
        for one, other in zip(runs[0], again, strict=True):
            np.testing.assert_array_equal(one, other)


def test_global_seeds_do_not_reach_the_batches():
    tf.random.set_seed(1)
    before = [_contents(batch) for batch in _take(_poisson(300, q=0.1), 5)]
    tf.random.set_seed(2)
    after = [_contents(batch) for batch in _take(_poisson(300, q=0.1), 5)]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("changed", [0, 1])
def test_each_half_of_the_key_changes_the_batches(changed):
    other_key = _KEY.copy()
    other_key[changed] += 1
    num_steps, num_records, q = 100, 1000, 0.5
    one, other = (
        _counts(
            _poisson(num_records, q=q, key=key),
            num_steps=num_steps,
            num_records=num_records,
        )
        for key in (_KEY, other_key)
    )
    # Independent samples share q^2 of the slots; 1e5 slots, five deviations.
    shared = np.mean(one & other)
    deviation = np.sqrt(q**2 * (1 - q**2) / one.size)
    assert abs(shared - q**2) < 5 * deviation


def test_the_key_is_the_generators_and_no_hash_of_it():
    """A hash of key and step, as TensorFlow has it, keeps 64 bits."""
    key, step = tf.constant(_KEY), tf.constant(3, tf.int64)
    expected = tf.random.stateless_uniform(
        [5], [_KEY[0], _KEY[1] ^ 3], dtype=tf.float64, alg="philox"
    )
    drawn = keystream.uniforms(5, sampler=header.PHILOX, key=key, step=step)
    np.testing.assert_array_equal(drawn, expected)


def test_samples_are_drawn_from_the_cipher():
    """Its first 52 bits of each record, at the first step."""
    bits = keystream.chacha20(200, key=_KEY, step=0)
    included = (bits >> np.uint64(12)) < 0.25 * 2**52
    (batch,) = _take(_poisson(200, q=0.25), 1)
    found = np.sort(_contents(batch))
    np.testing.assert_array_equal(found, np.flatnonzero(included))


def test_every_float64_uniform_is_a_multiple_of_two_to_the_minus_52():
    uniforms = tf.random.stateless_uniform(
        [100_000], _KEY[:2], dtype=tf.float64, alg="philox"
    ).numpy()
    steps = uniforms * 2**52
    np.testing.assert_array_equal(steps, np.floor(steps))
    assert (steps % 2 == 1).any()


def test_images_of_200_megabytes_stay_out_of_the_graph():
    images = np.zeros((70_000, 32, 32, 3), np.uint8)
    images[-1] = 255
    assert images.nbytes > 200e6
    dataset = pipelines.poisson_batches(
        records.PrivateRecords(images),
        sampling_probability=1e-3,
        chunk_size=8,
        key=_KEY,
        steps_per_round=1,
    )
    (batch,) = _take(dataset, 1)
    assert batch.mask.any()
    sizes = list(_graph_sizes(dataset))
    assert sizes and max(sizes) < 1e6


def _graph_sizes(dataset):
    """Yield the bytes of the graph of each function of a pipeline."""
    while dataset is not None:
        function = getattr(dataset, "_map_func", None)
        if function is not None:
            yield function.function.graph.as_graph_def().ByteSize()
        dataset = getattr(dataset, "_input_dataset", None)


def test_batches_go_to_the_gpu_when_there_is_one(monkeypatch):
    devices = []

    def prefetch_to_device(device, buffer_size):
        devices.append(device)
        return lambda dataset: dataset.prefetch(buffer_size)

    monkeypatch.setattr(
        tf.data.experimental, "prefetch_to_device", prefetch_to_device
    )
    monkeypatch.setattr(
        tf.config, "list_logical_devices", lambda kind: [kind + ":0"]
    )
    rounds = _poisson(10, q=0.5)
    assert not devices  # Nothing may follow what prefetches to a device.
    assert len(_take(pipelines.prefetched(rounds), 3)) == 3
    assert devices == ["/GPU:0"]
    share = pipelines.Share(num_here=2, num_replicas=2)
    pipelines.prefetched(rounds, share=share)
    assert devices == ["/GPU:0"]


@pytest.mark.parametrize("q", [0.0, -0.1, 1.1, float("nan"), float("inf")])
def test_a_probability_out_of_range_is_refused(q):
    with pytest.raises(ValueError, match=f"sampling_probability={q};"):
        _poisson(10, q=q)


@pytest.mark.parametrize("chunk_size", [0, -3])
def test_a_chunk_size_out_of_range_is_refused(chunk_size):
    with pytest.raises(ValueError, match=f"chunk_size={chunk_size};"):
        _poisson(10, q=0.5, chunk_size=chunk_size)


@pytest.mark.parametrize(
    "key", [np.zeros(2, np.int64), np.zeros(4, np.float64), np.int64(1)]
)
def test_a_key_of_the_wrong_kind_is_refused(key):
    with pytest.raises(ValueError, match=r"expected int64 \[4\]"):
        _poisson(10, q=0.5, key=key)


def test_public_batches_are_distinct_subsets_of_a_fixed_size():
    dataset = pipelines.public_batches(
        _public(50), batch_size=30, seed=3, steps_per_round=1
    )
    spec = tf.TensorSpec([30, 1, 2, 1], tf.float32)
    labels = tf.TensorSpec([30], tf.int64)
    assert dataset.element_spec == (batches.PublicBatch(spec, labels),)
    seen = [
        tuple(sorted(files.numbers(b.examples))) for b in _take(dataset, 100)
    ]
    assert all(len(set(numbers)) == 30 for numbers in seen)
    assert len(set(seen)) == 100
    assert set(itertools.chain(*seen)) == set(range(50))


def test_public_batches_follow_from_their_seed():
    first, again, other = (
        np.stack(
            [
                batch.examples
                for batch in _take(
                    pipelines.public_batches(
                        _public(50), batch_size=5, seed=seed, steps_per_round=1
                    ),
                    4,
                )
            ]
        )
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_public_batches_go_on_where_training_does():
    def take(first_step, num):
        dataset = pipelines.public_batches(
            _public(50),
            batch_size=5,
            seed=1,
            steps_per_round=2,
            first_step=first_step,
        )
        return np.stack([batch.examples for batch in _take(dataset, num)])

    np.testing.assert_array_equal(take(4, 4), take(0, 8)[4:])


def test_a_public_batch_may_hold_all_records():
    dataset = pipelines.public_batches(
        _public(50), batch_size=50, seed=0, steps_per_round=1
    )
    (batch,) = _take(dataset, 1)
    assert sorted(files.numbers(batch.examples)) == list(range(50))


@pytest.mark.parametrize("batch_size", [0, -1, 51])
def test_a_public_batch_size_out_of_range_is_refused(batch_size):
    message = f"batch_size={batch_size} with 50 public records"
    with pytest.raises(ValueError, match=message):
        pipelines.public_batches(
            _public(50), batch_size=batch_size, seed=0, steps_per_round=1
        )


def test_a_negative_public_seed_is_refused():
    with pytest.raises(ValueError, match="seed=-1"):
        pipelines.public_batches(
            _public(50), batch_size=5, seed=-1, steps_per_round=1
        )
