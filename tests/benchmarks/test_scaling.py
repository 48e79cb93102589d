"""What is counted and predicted, against arithmetic by hand."""

import pytest
import tensorflow as tf

from benchmarks import scaling
from dpgan_tf.config import presets

COUNTED = {
    "critic_parameters": 1e6,
    "num_critic_steps": 4,
    "critic_gflops": 800.0,
    "fakes_gflops": 20.0,
    "generator_gflops": 20.0,
    "exchanged_megabytes": 100.0,
}
UNDIVIDED = 40 / 2e4 + 4 * 1e6 / 1e10  # s, of fakes, generator and noise


def test_a_product_of_matrices_is_two_operations_a_term():
    weights = tf.ones([3, 4])
    assert scaling._flops_of_one(lambda x: x @ weights, (3,)) == 2 * 3 * 4


def test_only_the_critics_records_are_shared_out():
    assert scaling.predict(COUNTED, 1) == pytest.approx(
        UNDIVIDED + 800 / 2e4, rel=1e-6
    )
    exchange = 2 * 7 / 8 * 1e8 / 3e11 + 9 * 1e-4
    assert scaling.predict(COUNTED, 8) == pytest.approx(
        UNDIVIDED + 100 / 2e4 + exchange, rel=1e-6
    )
    exchange = 2 * 63 / 64 * 1e8 / 2.5e10 + 9 * 1e-4
    assert scaling.predict(COUNTED, 64) == pytest.approx(
        UNDIVIDED + 12.5 / 2e4 + exchange, rel=1e-6
    )


def test_what_machines_exchange_follows_from_the_parameters():
    found = scaling.count(presets.get("mnist"), scaling.SHAPES["mnist"])
    per_step = 12 * found["critic_parameters"]
    assert found["exchanged_megabytes"] == pytest.approx(
        (4 * per_step + 4 * found["generator_parameters"]) / 1e6
    )
    assert 0 < found["critic_gflops"] < 1_000
