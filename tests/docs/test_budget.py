"""The table of "One budget for many runs" has the prices that it explains."""

import pytest

from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.register import policy as policies
from tests.docs import pages


def _rows():
    text = (pages.DOCS / "budget.md").read_text()
    table = text[text.index("| runs | sum") :].split("\n\n", 1)[0]
    lines = table.splitlines()[2:]
    return [
        [float(cell) for cell in line.strip("|").split("|")] for line in lines
    ]


def test_runs_together_cost_what_the_page_says():
    known = {"sampling_probability": 0.01, "num_steps": 2_000}
    target = plans.Target(epsilon=2.0, delta=1e-6, accountant="pld")
    sigma = calibration.calibrate_noise_multiplier(target, **known)
    plan = plans.NoisePlan(effective_noise_multiplier=sigma, **known)
    usual = policies.Policy(epsilon=8.0, delta=1e-6)
    chosen = policies.adaptive(epsilon=8.0, delta=1e-6)
    rows = _rows()
    assert [row[0] for row in rows] == [1, 2, 4, 8]
    for number, total, together, adaptive in rows:
        runs = [plan] * int(number)
        assert total == 2 * number
        assert usual.spent(runs) == pytest.approx(together, abs=6e-3)
        assert chosen.spent(runs) == pytest.approx(adaptive, abs=6e-3)
