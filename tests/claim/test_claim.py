import dataclasses
import json

import pytest

from dpgan_tf.claim import about
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import facts as claim_facts
from dpgan_tf.claim import risk as risks
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import tradeoff
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.claim import releases
from tests.privacy import ledgers as examples


def prices_of(**summary):
    plan = plans.NoisePlan(
        sampling_probability=0.01,
        effective_noise_multiplier=1.0,
        num_steps=30,
        **summary,
    )
    return {
        name: accounting.epsilon(plan, delta=1e-5, accountant=name)
        for name in plans.ACCOUNTANTS
    }


def test_the_claim_prices_the_charged_steps(run_dir):
    claim = releases.read(run_dir)
    assert claim["epsilon_by_accountant"] == prices_of()
    assert claim["epsilon"] == claim["epsilon_by_accountant"]["rdp"]
    assert (claim["claim"], claim["delta"]) == ("(epsilon, delta)-DP", 1e-5)
    assert claim["num_steps"] == 30
    assert (claim["num_steps_kept"], claim["num_steps_lost"]) == (25, 5)


def test_a_release_that_says_nothing_of_itself_is_of_today_and_unnamed(run_dir):
    claim = claims.build_claim(
        releases.ledger_path(run_dir), release_dir=run_dir / "release"
    )
    assert claim["about"] == about.today().to_claim()
    assert claim["about"]["data"] == claim["about"]["title"] == ""


def test_prices_are_computed_once_for_a_release_and_once_for_a_check(
    tmp_path, monkeypatch
):
    asked = []
    for name, price in accounting._EPSILONS.items():

        def spy(plan, delta, name=name, price=price):
            asked.append((name, plan.num_steps))
            return price(plan, delta)

        monkeypatch.setitem(accounting._EPSILONS, name, spy)
    accounting._epsilon.cache_clear()
    root = releases.make_run(tmp_path / "run", target_delta=1.7e-5)
    # Epsilon at delta 1 / (n ln n) is by the claim's accountant.
    assert asked == [("rdp", 30), ("pld", 30), ("rdp", 30)]
    asked.clear()
    accounting._epsilon.cache_clear()
    assert releases.failures(claim_check.check_run(root)) == []
    # All steps that the ledger allows, too.
    assert asked == [("rdp", 30), ("rdp", 100), ("pld", 30), ("rdp", 30)]


def test_a_ledger_that_tells_of_no_release_gets_no_claim(run_dir):
    ledger = ledgers.Ledger.open(
        releases.ledger_path(run_dir), config_hash=releases.CONFIG_HASH
    )
    ledger.begin_attempt("b" * 64)
    with pytest.raises(errors.LedgerError, match="no release"):
        releases.write_claim(run_dir)


def test_a_summary_is_priced_stated_and_checked(tmp_path):
    plain = releases.read(releases.make_run(tmp_path / "plain"))
    root = releases.make_run(tmp_path / "run", summary_noise_multiplier=4.0)
    claim = releases.read(root)
    assert claim["summary_noise_multiplier"] == 4.0
    prices = claim["epsilon_by_accountant"]
    assert prices == prices_of(summary_noise_multiplier=4.0)
    for accountant, epsilon in prices.items():
        assert epsilon > plain["epsilon_by_accountant"][accountant] + 0.2
    assert "noise multiplier 4." in claim["statement"]
    assert "summary" not in plain["statement"]
    assert releases.failures(claim_check.check_run(root)) == []


def test_an_accountant_that_knows_no_bound_is_left_out(tmp_path):
    """PLD truncates tails, and may know none at so small a delta."""
    root = releases.make_run(
        tmp_path / "run", target_delta=1e-60, target_epsilon=100.0
    )
    claim = releases.read(root)
    assert list(claim["epsilon_by_accountant"]) == ["rdp"]
    assert claim["epsilon"] == claim["epsilon_by_accountant"]["rdp"]
    assert "PLD" not in (root / "release" / "MODEL_CARD.md").read_text()
    assert releases.failures(claim_check.check_run(root)) == []


def test_the_claim_holds_no_secrets(run_dir):
    text = (run_dir / "release" / "privacy.json").read_text()
    header = json.loads(
        releases.ledger_path(run_dir).read_text().splitlines()[0]
    )
    for secret in (header["nonce"], examples.FINGERPRINT, "a" * 64):
        assert secret not in text
    for word in ("nonce", "commitment", "data_fingerprint", "noise_seed"):
        assert word not in text


def test_a_seeded_run_makes_no_claim_and_says_why(tmp_path):
    root = releases.make_run(tmp_path / "run", noise_source="seed")
    claim = releases.read(root)
    assert claim["claim"] == "none"
    assert claim["epsilon"] is claim["delta"] is None
    assert "seed" in claim["no_claim_reason"]
    assert "NO privacy claim" in claim["statement"]
    assert releases.failures(claim_check.check_run(root)) == []


def test_a_run_over_its_budget_cannot_be_released(tmp_path):
    with pytest.raises(errors.BudgetError, match="must not be released"):
        releases.make_run(tmp_path / "run", target_epsilon=0.1)


def test_lost_steps_cost_what_kept_ones_do(run_dir):
    facts = claim_facts.of_claim(releases.read(run_dir))
    fewer = dataclasses.replace(facts, num_steps_kept=1)
    assert claims.assemble(fewer)["num_steps_lost"] == facts.num_steps - 1
    for field in ("epsilon", "epsilon_by_accountant"):
        assert claims.assemble(fewer)[field] == claims.assemble(facts)[field]


def test_an_epsilon_just_over_the_target_cannot_be_released(tmp_path):
    spent = releases.read(releases.make_run(tmp_path / "within"))["epsilon"]
    releases.make_run(tmp_path / "all", target_epsilon=spent)
    with pytest.raises(errors.BudgetError, match="must not be released"):
        releases.make_run(tmp_path / "run", target_epsilon=spent * (1 - 1e-6))


def test_delta_of_one_over_n_cannot_be_released(tmp_path):
    with pytest.raises(errors.BudgetError, match="1 / num_examples"):
        releases.make_run(tmp_path / "run", target_delta=1e-3)


def test_an_accountant_that_is_blind_at_a_tiny_delta_is_left_out(tmp_path):
    """Its price is infinite, which JSON cannot say."""
    run_dir = releases.make_run(
        tmp_path / "run",
        accountant="rdp",
        target_delta=1e-16,
        target_epsilon=100.0,
    )
    claim = releases.read(run_dir)
    assert set(claim["epsilon_by_accountant"]) == {"rdp"}
    assert claim["epsilon"] == claim["epsilon_by_accountant"]["rdp"]
    assert releases.failures(claim_check.check_run(run_dir)) == []
    assert "PLD" not in (run_dir / "release" / "MODEL_CARD.md").read_text()


def test_the_risk_of_a_claim_is_that_of_its_plan(run_dir):
    claim = releases.read(run_dir)
    plan = claims.plan_of(claim, num_steps=claim["num_steps"])
    assert claim["risk"] == risks.of_plan(
        plan,
        delta=claim["delta"],
        num_examples=claim["num_examples"],
        accountant=claim["accountant"],
    )
    assert not risks.KIND.problem_of(claim["risk"])
    less = plan.after(claim["num_steps"] - 1)
    assert claim["risk"]["mu"] > tradeoff.of_plan(less).mu * 1.001


def test_a_seeded_run_states_no_risk(tmp_path):
    root = releases.make_run(tmp_path / "run", noise_source="seed")
    assert releases.read(root)["risk"] is None


def test_a_claim_about_persons_is_made_and_checked(tmp_path):
    root = releases.make_run(tmp_path / "run", most_records_per_unit=5)
    claim = releases.read(root)
    assert claim["most_records_per_unit"] == 5
    assert "any one person with all of their private" in claim["statement"]
    assert releases.failures(claim_check.check_run(root)) == []
    del claim["most_records_per_unit"]
    (root / "release" / "privacy.json").write_text(json.dumps(claim))
    assert "statement" in releases.failures(claim_check.check_run(root))
