"""What is publicly known of records."""

import pytest

from dpgan_tf.data import records
from dpgan_tf.run import public_facts

MNIST = public_facts.Facts(
    source="mnist", shape=(28, 28, 1), num_records=60_000, num_classes=10
)


@pytest.mark.parametrize(
    "num,expected",
    [(500, 1e-5), (60_000, 1e-5), (100_000, 1e-6), (2_000_000, 1e-7)],
)
def test_delta_is_a_power_of_ten_below_one_over_n(num, expected):
    assert public_facts.delta(num) == pytest.approx(expected)
    assert public_facts.delta(num) < 1 / num


def test_the_form_is_that_of_the_facts():
    assert MNIST.form == records.DIGITS


def test_the_private_records_are_those_that_are_not_public():
    shared = public_facts.Facts(
        source="x", shape=(8, 8, 1), num_records=1_000, public_fraction=0.1
    )
    assert shared.num_private == 900 and shared.has_public
    beside = public_facts.Facts(
        source="x", shape=(8, 8, 1), num_records=1_000, public_source="y"
    )
    assert beside.num_private == 1_000 and beside.has_public
    assert not MNIST.has_public
    assert MNIST.signal == 24_000
