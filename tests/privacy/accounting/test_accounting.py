import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import time

import dp_accounting
import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import prices

GOLDEN = json.loads(
    (
        pathlib.Path(__file__).parents[2] / "golden" / "accountant.json"
    ).read_text()
)


def plan(q, s, num_steps, *, summary=None):
    return plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=s,
        num_steps=num_steps,
        summary_noise_multiplier=summary,
    )


def epsilon(q, s, num_steps, *, delta=1e-5, accountant="rdp", summary=None):
    released = plan(q, s, num_steps, summary=summary)
    return accounting.epsilon(released, delta=delta, accountant=accountant)


def delta(q, s, num_steps, *, epsilon, accountant="rdp", summary=None):
    released = plan(q, s, num_steps, summary=summary)
    return accounting.delta(released, epsilon=epsilon, accountant=accountant)


@pytest.mark.parametrize("case", GOLDEN["cases"])
def test_epsilon_equals_the_published_values(case):
    q = case["q"] if "q" in case else case["batch"] / case["n"]
    arguments = q, case["sigma"], case["steps"]
    # The same library made them: only the order of float sums may differ.
    assert epsilon(*arguments) == pytest.approx(case["rdp"], rel=1e-9)
    _require_just_above(case["pld"], epsilon(*arguments, accountant="pld"))


def _require_just_above(published, found):
    """What rounding may do to delta is paid for, and that is little."""
    assert published * (1 - 1e-8) <= found <= published * (1 + 1e-5)


@pytest.mark.parametrize("case", GOLDEN["groups_one_joint_release"])
def test_k_groups_cost_what_sigma_over_root_k_costs(case):
    s = noise_multipliers.effective(case["sigma"], case["k"])
    assert epsilon(64 / 60000, s, case["steps"]) == pytest.approx(
        case["rdp_composed_event"], rel=1e-8
    )


def test_pld_of_two_groups_equals_the_published_value():
    case = GOLDEN["groups_one_joint_release"][1]
    s = noise_multipliers.effective(case["sigma"], case["k"])
    found = epsilon(64 / 60000, s, case["steps"], accountant="pld")
    _require_just_above(case["pld"], found)


def test_k_groups_equal_the_librarys_composition_of_k_gaussians():
    for k, sigma in itertools.product((1, 2, 3, 7), (0.9, 1.7)):
        groups = dp_accounting.ComposedDpEvent(
            [dp_accounting.GaussianDpEvent(sigma)] * k
        )
        step = dp_accounting.PoissonSampledDpEvent(0.01, groups)
        accountant = dp_accounting.rdp.RdpAccountant().compose(step, 500)
        s = noise_multipliers.effective(sigma, k)
        assert epsilon(0.01, s, 500) == pytest.approx(
            accountant.get_epsilon(1e-5), rel=1e-9
        )


def test_epsilon_is_monotone_in_every_argument():
    generator = random.Random(2)
    for _ in range(10):
        q = 10 ** generator.uniform(-5, -1.2)
        s = 10 ** generator.uniform(-0.5, 1.0)
        num_steps = generator.randint(1, 50_000)
        delta = 10 ** generator.uniform(-9, -3)
        base = epsilon(q, s, num_steps, delta=delta)
        assert epsilon(q, s, num_steps + 7, delta=delta) >= base
        assert epsilon(q * 1.1, s, num_steps, delta=delta) >= base
        assert epsilon(q, s / 1.1, num_steps, delta=delta) >= base
        assert epsilon(q, s, num_steps, delta=delta / 2) >= base


def test_corners_are_priced_without_nan_and_never_below_zero():
    for q, s, num_steps, delta in itertools.product(
        (1e-9, 1e-6, 1e-3, 1.0),
        (1e-300, 1e-3, 0.05, 1.0, 1e3),
        (1, 10**6),
        (1e-12, 0.5),
    ):
        assert epsilon(q, s, num_steps, delta=delta) >= 0


def test_no_steps_cost_nothing():
    for accountant in plans.ACCOUNTANTS:
        assert epsilon(0.01, 1.0, 0, accountant=accountant) == 0
        assert delta(0.01, 1.0, 0, epsilon=0.0, accountant=accountant) == 0


def test_nan_from_the_library_raises(monkeypatch):
    monkeypatch.setattr(
        dp_accounting.rdp, "compute_epsilon", lambda *_: (math.nan, 2)
    )
    with pytest.raises(errors.PrivacyError, match="epsilon=nan"):
        epsilon(0.011, 1.0, 10)  # No price of it was asked for before.


@pytest.mark.parametrize("delta", [0.0, 1.0, -1e-5, math.nan])
@pytest.mark.parametrize("num_steps", [0, 10])
def test_impossible_delta_is_refused(delta, num_steps):
    with pytest.raises(errors.PrivacyError, match="delta="):
        epsilon(0.01, 1.0, num_steps, delta=delta)


def test_unknown_accountants_are_refused():
    with pytest.raises(errors.PrivacyError, match="accountant='moments'"):
        epsilon(0.01, 1.0, 10, accountant="moments")
    with pytest.raises(errors.PrivacyError, match="accountant='moments'"):
        delta(0.01, 1.0, 10, epsilon=1.0, accountant="moments")


@pytest.mark.parametrize("by", [{}, {"accountant": "pld"}])
@pytest.mark.parametrize("num_steps", [0, 1, 50])
def test_a_summary_is_never_free(num_steps, by):
    values = 0.01, 1.0, num_steps
    assert epsilon(*values, summary=6.0, **by) > epsilon(*values, **by)
    dearer = delta(*values, epsilon=0.5, summary=6.0, **by)
    assert dearer > delta(*values, epsilon=0.5, **by)


def test_a_price_is_cheap_in_every_step():
    epsilon(0.005, 0.7, 3000)
    started = time.process_time()
    values = [epsilon(0.005, 0.7, steps) for steps in range(1000)]
    assert time.process_time() - started < 1.0  # 1 ms each.
    assert values == sorted(values)


@pytest.mark.parametrize("accountant", plans.ACCOUNTANTS)
def test_delta_inverts_epsilon(accountant):
    spent = epsilon(0.01, 1.5, 500, accountant=accountant)
    known = {"epsilon": spent, "accountant": accountant}
    # The PLD returns epsilon on a grid of 1e-4.
    assert delta(0.01, 1.5, 500, **known) == pytest.approx(1e-5, rel=1e-2)
    assert delta(0.01, 1.5, 0, **known) == 0
    with pytest.raises(errors.PrivacyError, match="epsilon=nan"):
        delta(0.01, 1.5, 1, epsilon=math.nan, accountant=accountant)


def test_a_price_is_computed_once(monkeypatch):
    asked = []
    price = prices.rdp_epsilon
    monkeypatch.setitem(
        accounting._EPSILONS,
        "rdp",
        lambda *given: asked.append(given) or price(*given),
    )
    for _ in range(3):
        epsilon(0.0123, 1.234, 10)
        epsilon(0.0123, 1.234, 11)
    assert len(asked) == 2


def test_accounting_does_not_import_tensorflow():
    code = (
        "import sys; import dpgan_tf.privacy.accounting.calibration; "
        "import dpgan_tf.privacy.ledger.ledger, dpgan_tf.privacy.ledger.lock; "
        "import dpgan_tf.papers.legacy_accounting, dpgan_tf.claim.check; "
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
