"""The check passes Poisson sampling and rejects what is mistaken for it."""

import numpy as np
import pytest
from scipy import stats

from tests.data import poisson_check

_STEPS, _RECORDS, _BATCH = 2000, 200, 20
_Q = _BATCH / _RECORDS


def _poisson(rng, q=_Q):
    return (rng.random((_STEPS, _RECORDS)) < q).astype(int)


def _shuffle_and_slice(rng):
    epochs = _STEPS * _BATCH // _RECORDS
    order = np.concatenate([rng.permutation(_RECORDS) for _ in range(epochs)])
    return _counts(order.reshape(_STEPS, _BATCH))


def _fixed_size(rng):
    return _counts([rng.permutation(_RECORDS)[:_BATCH] for _ in range(_STEPS)])


def _with_replacement(rng):
    return _counts(rng.integers(_RECORDS, size=(_STEPS, _BATCH)))


def _truncated(rng):
    counts = _poisson(rng)
    return np.where(np.cumsum(counts, axis=1) <= _BATCH + 3, counts, 0)


def _each_batch_twice(rng):
    return np.repeat(_poisson(rng)[: _STEPS // 2], 2, axis=0)


def _records_in_pairs(rng):
    return np.repeat(_poisson(rng)[:, : _RECORDS // 2], 2, axis=1)


def _one_record_more_often(rng):
    counts = _poisson(rng)
    counts[:, 0] = rng.random(_STEPS) < 3 * _Q
    return counts


def _slightly_more_often(rng):
    return _poisson(rng, q=1.05 * _Q)


def _counts(batches):
    return np.stack([np.bincount(b, minlength=_RECORDS) for b in batches])


@pytest.mark.parametrize("seed", range(20))
def test_poisson_sampling_passes(seed):
    counts = _poisson(np.random.default_rng(seed))
    assert poisson_check.violations(counts, q=_Q) == {}


@pytest.mark.slow
def test_p_values_are_what_they_say_where_batches_are_small():
    """Else one run of the tests in some dozens would fail for nothing."""
    rng = np.random.default_rng(0)
    histories = (rng.random((400, 500, 100)) < 0.04).astype(int)
    p_values = [poisson_check.p_values(each, q=0.04) for each in histories]
    for name in p_values[0].keys() - {"distinct"}:
        found = stats.kstest([p[name] for p in p_values], "uniform")
        assert found.pvalue > 1e-3, name


@pytest.mark.parametrize(
    ("sampler", "violated"),
    [
        (_shuffle_and_slice, {"records", "batch_sizes"}),
        (_fixed_size, {"batch_sizes"}),
        (_with_replacement, {"distinct", "batch_sizes"}),
        (_truncated, {"batch_sizes"}),
        (_each_batch_twice, {"lag_one"}),
        (_records_in_pairs, {"pairs", "batch_sizes"}),
        (_one_record_more_often, {"records"}),
        (_slightly_more_often, {"records"}),
    ],
)
def test_other_samplers_are_rejected(sampler, violated):
    counts = sampler(np.random.default_rng(0))
    assert violated <= set(poisson_check.violations(counts, q=_Q))


def test_with_replacement_is_rejected_even_when_duplicates_are_dropped():
    counts = np.minimum(_with_replacement(np.random.default_rng(0)), 1)
    assert "batch_sizes" in poisson_check.violations(counts, q=_Q)
