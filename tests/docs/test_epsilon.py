"""The tables of "Choosing epsilon and n" have the numbers that they explain."""

import dataclasses
import math
import pathlib

import pytest

from dpgan_tf.claim import plain_words
from dpgan_tf.claim import pricing
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


# Noise multipliers of a group that the page's command solves.
_SIGMAS = {"1": 5.420668, "4": 2.117888, "10": 1.475385}


_RUN = pricing.Run(
    num_examples=58_800,
    batch_size=512,
    num_groups=5,
    delta=1e-5,
    accountant="pld",
)


def _mnist(sigma):
    return pricing.price(_RUN, noise_multiplier=sigma, num_steps=5_000)


@pytest.mark.parametrize("row", _rows("| epsilon by PLD"), ids=lambda r: r[0])
def test_what_a_test_can_find_is_what_account_says(row):
    report = _mnist(_SIGMAS[row[0]])
    target = float(row[0])
    assert 0.999 * target < report["epsilon"]["pld"] <= target
    shown = dict(plain_words.numbers(report["risk"]))
    cells = [cell.replace(" ", "") for cell in row]
    found = "".join(
        shown[f"found at {share}% false alarms"] for share in ("0.1", "1", "5")
    )
    assert cells[1].replace(",", "") == found.removeprefix("0")
    assert cells[3] == shown["advantage"]
    assert float(cells[4]) == float(shown["mu"])
    assert cells[5] == shown["epsilon at that delta"]
    alone = [_found(target, share) * 100 for share in (0.001, 0.01, 0.05)]
    said = [float(part) for part in cells[2].split("%") if part]
    assert said == pytest.approx(alone, abs=0.05)


def test_the_claims_page_has_the_risk_of_its_statement():
    page = _PAGE.with_name("claim.md").read_text()
    by_rdp = dataclasses.replace(_RUN, accountant="rdp")
    report = pricing.price(by_rdp, noise_multiplier=2.21581, num_steps=5_000)
    shown = dict(plain_words.numbers(report["risk"]))
    for name in ("advantage", "right at even odds", "sure at even odds"):
        assert shown[name] in page
    for share in ("0.1", "1", "5"):
        assert shown[f"found at {share}% false alarms"] in page
    assert f"| {shown['mu'].removeprefix('0')} |" in page
    assert f"| {shown['epsilon at that delta']} |" in page


def test_two_records_cost_what_the_page_says():
    group = pricing.of_group(
        _RUN, noise_multiplier=_SIGMAS["4"], num_steps=5_000, num_records=2
    )
    said = f"two records cost {group['epsilon']:.2f}, not 8"
    assert said in _PAGE.read_text().replace("\n", " ")
