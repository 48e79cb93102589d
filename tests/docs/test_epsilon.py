"""The tables of "Choosing epsilon and n" have the numbers that they explain."""

import math
import pathlib

import pytest

from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans

_PAGE = pathlib.Path(__file__).parents[2] / "docs/epsilon.md"
_DELTA = 1e-5


def _rows(title):
    """Return the cells of the first table whose head has a title."""
    text = _PAGE.read_text()
    table = text[text.index(title) :].split("\n\n", 1)[0]
    rows = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return [[cell.strip().replace(",", "") for cell in row] for row in rows]


def _found(epsilon, alarms):
    """Return the power that (epsilon, delta) allows a test."""
    return min(
        math.exp(epsilon) * alarms + _DELTA,
        1 - math.exp(-epsilon) * (1 - _DELTA - alarms),
    )


@pytest.mark.parametrize("row", _rows("| epsilon | odds"), ids=lambda r: r[0])
def test_odds_and_detection_rates_follow_from_epsilon(row):
    epsilon = float(row[0])
    odds = math.exp(epsilon)
    assert float(row[1]) == pytest.approx(odds, abs=0.06, rel=0.01)
    shown = [float(cell.removesuffix("%")) / 100 for cell in row[2:]]
    expected = [odds / (1 + odds), _found(epsilon, 0.01), _found(epsilon, 0.05)]
    assert shown == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("column", range(4))
def test_noise_over_signal_is_that_of_the_plans(column):
    epsilon = (1.0, 2.0, 4.0, 8.0)[column]
    for row in _rows("| n | epsilon 1"):
        num = int(row[0])
        delta = 1e-7 if num == 1_000_000 else _DELTA
        sigma = calibration.calibrate_noise_multiplier(
            plans.Target(epsilon=epsilon, delta=delta, accountant="rdp"),
            sampling_probability=0.05,
            num_steps=500,
        )
        length = sigma * math.sqrt(100_000) / (0.05 * num)
        assert float(row[1 + column]) == pytest.approx(length, abs=0.0051)
