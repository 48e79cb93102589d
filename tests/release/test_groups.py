"""Samples of a group are those of all samples that belong to it."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.release import conditions
from dpgan_tf.release import groups
from tests import tiny_table


def _samples(where, num, seed=3):
    return list(
        groups.samples(
            tiny_table.generator(),
            tiny_table.SCHEMA,
            where,
            num_samples=num,
            seed=seed,
        )
    )


def test_they_are_the_first_ones_of_the_seed():
    where = "died=yes,age=20..64"
    condition = conditions.parse(where, tiny_table.SCHEMA)
    everything = tiny_table.samples()
    expected = everything.examples[condition.holds(everything)]
    made = np.concatenate([batch.examples for batch in _samples(where, 30)])
    np.testing.assert_array_equal(made, expected[:30])
    places = np.concatenate([batch.places for batch in _samples(where, 30)])
    assert len(places) == 30


def test_without_a_condition_they_are_all_samples():
    made = np.concatenate([batch.examples for batch in _samples("", 300)])
    np.testing.assert_array_equal(made, tiny_table.samples().examples)


def test_a_group_that_is_too_rare_ends_with_its_share(monkeypatch):
    monkeypatch.setattr(groups, "_FIRST_TRIES", 1_000)
    monkeypatch.setattr(groups, "_MOST_TRIES", 2)
    message = (
        r"where=latent=0.123: 0 of 1,000 samples are like that \(0 of all\), "
        "and 5 were asked for; ask for fewer, or for a larger group."
    )
    with pytest.raises(errors.UserError, match=message):
        _samples("latent=0.123", 5)


def test_more_samples_may_take_more_tries(monkeypatch):
    monkeypatch.setattr(groups, "_FIRST_TRIES", 1)
    monkeypatch.setattr(groups, "_MOST_TRIES", 5)
    with pytest.raises(errors.UserError, match="of 500 samples are like that"):
        _samples("latent=0.123", 100)


def test_a_condition_that_cannot_be_is_refused_at_once():
    with pytest.raises(errors.UserError, match="no column dead"):
        groups.samples(
            tiny_table.generator(),
            tiny_table.SCHEMA,
            "dead=yes",
            num_samples=1,
            seed=0,
        )
