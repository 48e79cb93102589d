"""Draws have the log-odds and means that the laws say."""

import math

import numpy as np

from dpgan_tf.data.health import visit_laws

_NUM = 40_000
_CAUSES = {
    "years": np.where(np.arange(_NUM) % 2, 10, -10),
    "ill": np.arange(_NUM) % 4 < 2,
}


def test_a_sum_has_the_constant_and_each_cause():
    found = visit_laws.total({"": 1.0, "ill": 2.0, "years": 0.5}, _CAUSES)
    np.testing.assert_allclose(found[:4], [-2.0, 8.0, -4.0, 6.0])
    alone = visit_laws.total({"": 1.5}, _CAUSES)
    np.testing.assert_allclose(alone, np.full(_NUM, 1.5))


def test_what_happens_has_its_log_odds():
    law = {"": -1.0, "ill": 2.0}
    rng = np.random.default_rng(0)
    found = visit_laws.happens(law, _CAUSES, rng=rng)
    for is_ill, log_odds in ((True, 1.0), (False, -1.0)):
        share = found[_CAUSES["ill"] == is_ill].mean()
        expected = 1 / (1 + math.exp(-log_odds))
        # Five standard deviations of 20,000 draws.
        assert abs(share - expected) < 5 * math.sqrt(0.25 / 20_000)


def test_measurements_have_their_mean_gaps_and_bounds():
    law = visit_laws.Measurement(
        mean={"": 1.0, "ill": 0.5},
        spread=0.2,
        is_logarithm=True,
        missing={"": 0.0},
        least=1,
        most=9,
        decimals=2,
    )
    rng = np.random.default_rng(0)
    found = visit_laws.measured(law, _CAUSES, rng=rng)
    assert abs(np.isnan(found).mean() - 0.5) < 0.02
    logarithms = np.log(found[_CAUSES["ill"]])
    assert abs(np.nanmean(logarithms) - 1.5) < 0.01
    assert abs(np.nanstd(logarithms) - 0.2) < 0.01
    known = found[~np.isnan(found)]
    assert known.min() >= 1 and known.max() <= 9
    np.testing.assert_array_equal(known, known.round(2))


def test_every_cause_is_known_before_it_is_asked_for():
    known = {"", "years", "male", "female"}
    for laws in (visit_laws.CHRONIC, visit_laws.ACUTE):
        for name, law in laws.items():
            assert set(law) <= known, name
            known.add(name)
    assert set(visit_laws.EMERGENCY) | set(visit_laws.TRANSFER) <= known
    known.add("emergency")
    for law in (visit_laws.DAYS, visit_laws.DIED):
        assert set(law) <= known
    for each in visit_laws.MEASUREMENTS.values():
        assert set(each.mean) | set(each.missing) <= known
