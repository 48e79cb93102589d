"""Bounds are learnt from a table in one release, with fresh noise."""

import csv

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import schema_text
from dpgan_tf.data.tables import wide_limits
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import learnt_bounds
from tests.data.tables import examples

AGE = {"name": "age", "type": "integer", "least": 0, "most": 2_000, "bins": 5}
PRIVATE = AGE | {"bounds": "private"}
SEX = {"name": "sex", "type": "category", "values": ["F", "M"]}
NUM = 1_000
TARGET = plans.Target(epsilon=4.0, delta=1e-5, accountant="pld")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("bounds") / "t.csv"
    rng = np.random.default_rng(0)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["age", "sex", "who"])
        for number in range(NUM):
            age = rng.integers(400, 500)
            writer.writerow([age, rng.choice(["F", "M"]), number // 2])
        writer.writerow([99_999, "F", NUM])
    return path


def _limits(path, *columns, **more):
    unit = {"column": "who", "most_rows": 2}
    limits = path.with_name("limits.json")
    limits.write_text(examples.text(*columns, unit=unit, **more))
    return wide_limits.read(limits)


def _learn(table, *columns, target=TARGET, num_records=475, **more):
    return learnt_bounds.learn(
        table,
        _limits(table, *columns, **more),
        target=target,
        num_records=num_records,
    )


def test_bins_lie_where_the_rows_are(table):
    schema = _learn(table, PRIVATE, SEX)
    assert schema.unit == "who"
    assert len(schema.columns[0].edges) == 6
    assert 350 < schema.columns[0].least < 440
    assert 460 < schema.columns[0].most < 550
    again = schema_text.parse(schema_text.to_text(schema), source="s")
    assert again == schema


def test_noise_is_fresh_each_time(table):
    target = plans.Target(epsilon=1.0, delta=1e-5, accountant="pld")
    found = {
        _learn(table, PRIVATE, SEX, target=target).columns for _ in range(3)
    }
    assert len(found) == 3


def test_the_schema_keeps_the_exact_price(table):
    sigma = _learn(table, PRIVATE, SEX).learnt_noise_multiplier
    alone = plans.NoisePlan(
        sampling_probability=0.5,
        effective_noise_multiplier=1.0,
        num_steps=0,
        summary_noise_multiplier=sigma,
    )
    spent = accounting.epsilon(alone, delta=1e-5, accountant="pld")
    assert 0.99 * 4 < spent <= 4


def test_two_releases_are_charged_both(table):
    schema = _learn(table, PRIVATE, SEX, learnt={"noise_multiplier": 3.0})
    once = _learn(table, PRIVATE, SEX).learnt_noise_multiplier
    assert schema.learnt_noise_multiplier == summary.combined([3.0, once])


def test_the_mechanism_gets_persons_the_bound_and_the_price(table, monkeypatch):
    made, released = [], []
    make = summary.SummaryMechanism

    class Spy(make):
        def __init__(self, multipliers, **more):
            made.append((multipliers, more))
            super().__init__(multipliers, **more)

        def privatize(self, statistic, records, **more):
            released.append((statistic, records, more))
            return super().privatize(statistic, records, **more)

    monkeypatch.setattr(summary, "SummaryMechanism", Spy)
    schema = _learn(table, PRIVATE, SEX)
    [(multipliers, more)] = made
    [(statistic, records, asked)] = released
    assert multipliers == [schema.learnt_noise_multiplier]
    assert more["num_examples"] == 475
    assert len(more["units"]) == len(records) < NUM
    assert np.bincount(more["units"]).max() == 2
    norms = statistic.norms(statistic.prepared(records))
    assert norms.max() <= asked["clip_norm"] == statistic.clip_norm


def test_more_noise_than_bounds_is_refused_before_anything_is_read(tmp_path):
    path = tmp_path / "none.csv"
    with pytest.raises(errors.UserError, match="larger --epsilon"):
        _learn(path, PRIVATE, SEX, num_records=20)
