import json
import subprocess
import sys

import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import account
from dpgan_tf.papers import legacy_accounting
from dpgan_tf.privacy import errors as privacy_errors

BASE = ("--num_examples=50000", "--batch_size=250", "--delta=1e-5")


def run(*arguments):
    flag_values = flags.FlagValues()
    account.define_flags(flag_values)
    flag_values(["account", *arguments])
    return account.run(flag_values)


def report(capsys, *arguments):
    run(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_epsilon_of_groups_is_that_of_the_joint_release(capsys):
    common = (*BASE, "--num_steps=1000")
    groups = report(capsys, *common, "--noise_multiplier=3", "--num_groups=4")
    single = report(capsys, *common, "--noise_multiplier=1.5")
    assert groups["effective_noise_multiplier"] == 1.5
    assert groups["epsilon"] == single["epsilon"]
    assert 0 < single["epsilon"]["pld"] <= single["epsilon"]["rdp"]
    assert single["sampling_probability"] == 0.005
    assert single["epochs"] == 5


def test_epochs_are_steps_in_which_a_record_is_drawn_so_often(capsys):
    common = (*BASE, "--noise_multiplier=1.5")
    epochs = report(capsys, *common, "--epochs=5")
    assert epochs == report(capsys, *common, "--num_steps=1000")
    for wrong, said in (
        (("--epochs=0",), "--epochs=0.0; expected > 0"),
        (("--epochs=nan",), "--epochs=nan; expected > 0"),
        (("--epochs=1", "--num_steps=2"), "--epochs, --num_steps: say"),
        (("--epochs=1", "--batch_size=0"), "--batch_size=0"),
    ):
        with pytest.raises(errors.UserError, match=said):
            run(*common, *wrong)
    with pytest.raises(errors.UserError, match="--epochs: has no effect"):
        run("--table7", "--epochs=1")


def test_several_records_of_a_person_are_priced_beside_one(capsys):
    common = (*BASE, "--noise_multiplier=3", "--num_steps=100")
    one = report(capsys, *common)
    assert "group" not in one
    assert one["risk"]["bound_by"] == "pld"
    several = report(capsys, *common, "--records_per_unit=4")
    group = several.pop("group")
    assert several == one
    assert group["records_per_unit"] == 4
    assert group["epsilon"] > one["epsilon"]["pld"]
    assert group["risk"]["advantage"] > one["risk"]["advantage"]
    with pytest.raises(errors.UserError, match="--records_per_unit=0"):
        run(*common, "--records_per_unit=0")
    with pytest.raises(errors.UserError, match="out --records_per_unit"):
        run(*common, "--records_per_unit=2", "--legacy")
    with pytest.raises(errors.UserError, match="--records_per_unit: has no"):
        run("--table7", "--records_per_unit=2")


def test_the_trade_off_is_drawn_where_it_is_asked_for(capsys, tmp_path):
    common = (*BASE, "--noise_multiplier=3", "--num_steps=10")
    path = tmp_path / "curve.png"
    run(*common, f"--picture={path}")
    assert path.read_bytes().startswith(b"\x89PNG")
    for wrong in (tmp_path / "curve.svg", tmp_path / "gone" / "curve.png"):
        with pytest.raises(errors.UserError, match="--picture="):
            run(*common, f"--picture={wrong}")
        assert not wrong.exists()


def test_a_price_leads_to_training(capsys):
    run(*BASE, "--noise_multiplier=1.5", "--num_steps=10")
    assert "train mnist --epsilon=4" in capsys.readouterr().err


def test_a_summary_costs_what_is_left_for_the_steps(capsys):
    common = (*BASE, "--num_steps=1000", "--target_epsilon=1")
    plain = report(capsys, *common)
    found = report(capsys, *common, "--summary_noise_multiplier=6")
    assert found["summary_noise_multiplier"] == 6
    assert found["noise_multiplier"] > plain["noise_multiplier"]
    assert 0.99 < found["epsilon"]["rdp"] <= 1
    known = (*BASE, f"--noise_multiplier={found['noise_multiplier']}")
    cheaper = report(capsys, *known, "--num_steps=1000")
    assert cheaper["epsilon"]["rdp"] < 0.9 * found["epsilon"]["rdp"]
    run(*common, "--summary_noise_multiplier=6")
    assert "noise multiplier, summary" in capsys.readouterr().out
    with pytest.raises(errors.UserError, match="out --summary_noise"):
        run(*common, "--summary_noise_multiplier=6", "--legacy")
    with pytest.raises(errors.UserError, match="summary_noise_multiplier=0"):
        run(*common, "--summary_noise_multiplier=0")


def test_the_noise_it_finds_costs_at_most_the_target(capsys):
    common = (*BASE, "--num_steps=1000", "--num_groups=3")
    found = report(capsys, *common, "--target_epsilon=2")
    sigma = found["noise_multiplier"]
    assert found["effective_noise_multiplier"] == sigma / 3**0.5
    assert found["epsilon"]["rdp"] <= 2
    # The printed number, entered again, gives the same price.
    again = report(capsys, *common, f"--noise_multiplier={sigma}")
    assert again["epsilon"] == found["epsilon"]
    less = report(capsys, *common, f"--noise_multiplier={sigma * 0.999}")
    assert less["epsilon"]["rdp"] > 2


def test_the_steps_it_finds_cost_at_most_the_target(capsys):
    common = (*BASE, "--noise_multiplier=1.5")
    found = report(capsys, *common, "--target_epsilon=1")
    assert found["epsilon"]["rdp"] <= 1
    more = report(capsys, *common, f"--num_steps={found['num_steps'] + 1}")
    assert more["epsilon"]["rdp"] > 1


def test_the_text_shows_both_accountants_and_the_assumptions(capsys):
    run(*BASE, "--noise_multiplier=3", "--num_groups=4", "--num_steps=100")
    output = capsys.readouterr().out
    for words in ("RDP accountant", "PLD accountant", "effective", "Poisson"):
        assert words in output
    assert "UNSOUND" not in output


def test_the_legacy_number_is_labelled_unsound(capsys):
    arguments = (
        *BASE,
        "--noise_multiplier=3",
        "--num_groups=4",
        "--num_steps=100",
        "--legacy",
    )
    run(*arguments)
    output = capsys.readouterr().out
    assert "<- UNSOUND, not a claim" in output
    assert legacy_accounting.WARNING in output
    legacy = report(capsys, *arguments)["legacy"]
    assert legacy["sound"] is False and legacy["epsilon"] > 0


@pytest.mark.parametrize(
    "arguments, named",
    [
        ((), "--num_examples: missing"),
        (BASE[:2], "--delta: missing"),
        (BASE, "give exactly two of them"),
        ((*BASE, "--num_steps=10"), "found 1"),
        (
            (
                *BASE,
                "--num_steps=10",
                "--target_epsilon=1",
                "--noise_multiplier=1",
            ),
            "found 3",
        ),
        ((*BASE, "--num_steps=0", "--noise_multiplier=1"), "--num_steps=0"),
        ((*BASE, "--num_steps=9", "--noise_multiplier=0"), "multiplier=0.0"),
        ((*BASE, "--num_steps=9", "--noise_multiplier=-1"), "multiplier=-1"),
        ((*BASE, "--num_steps=9", "--noise_multiplier=nan"), "multiplier=nan"),
        ((*BASE, "--num_steps=9", "--target_epsilon=inf"), "epsilon=inf"),
        (
            (
                *BASE,
                "--num_steps=9",
                "--noise_multiplier=1",
                "--num_groups=0",
            ),
            "--num_groups=0",
        ),
        (
            (
                *BASE,
                "--batch_size=50001",
                "--num_steps=9",
                "--noise_multiplier=1",
            ),
            "sampling probability is at most 1",
        ),
        (
            (*BASE, "--delta=2e-5", "--num_steps=9", "--noise_multiplier=1"),
            "below 1 / num_examples",
        ),
        (("--table7", "--num_steps=10"), "--num_steps: has no effect"),
    ],
)
def test_bad_input_names_the_flag_and_the_remedy(arguments, named):
    with pytest.raises(errors.UserError, match=named) as caught:
        run(*arguments)
    assert "\n" not in str(caught.value)


def test_account_works_as_a_program_without_tensorflow():
    code = (
        "import sys\n"
        "from dpgan_tf import __main__ as program\n"
        "status = program.main(['account', *sys.argv[1:]])\n"
        "assert 'tensorflow' not in sys.modules\n"
        "sys.exit(status)\n"
    )
    command = [sys.executable, "-c", code, *BASE, "--num_steps=10"]
    subprocess.run([*command, "--noise_multiplier=2"], check=True)


def test_a_bad_flag_ends_the_program_with_one_line_and_status_two():
    command = [sys.executable, "-m", "dpgan_tf", "account", *BASE]
    for flag in ("--noise_multiplier=0", "--noise_multiplier=much"):
        result = subprocess.run(
            [*command, flag, "--num_steps=10"], capture_output=True, text=True
        )
        assert result.returncode == 2
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith("dpgan: error: ")


@pytest.mark.parametrize(
    ("epsilon", "num_steps", "word"),
    [(1e-9, 2, "hopeless"), (0.001, 10, "hopeless"), (4, 1000, None)],
)
def test_a_hopeless_budget_is_called_so(capsys, epsilon, num_steps, word):
    arguments = (
        *BASE,
        f"--target_epsilon={epsilon}",
        f"--num_steps={num_steps}",
    )
    run(*arguments)
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if "signal, all steps" in line]
    assert line.endswith(f"; {word}") if word else ";" not in line
    found = report(capsys, *arguments)
    one, together = found["noise_of_a_step"], found["noise_of_all_steps"]
    assert together == pytest.approx(one / num_steps**0.5)


def test_a_delta_that_pld_is_blind_to_is_no_number(capsys):
    tiny = (*BASE[:-1], "--delta=1e-15")
    run(*tiny, "--target_epsilon=1", "--num_steps=1000")
    assert "PLD accountant      none known" in capsys.readouterr().out
    with pytest.raises(privacy_errors.PrivacyError, match="accountant=rdp"):
        run(
            *tiny,
            "--target_epsilon=1",
            "--num_steps=1000",
            "--accountant=pld",
        )


SMALL = ("--num_examples=49000", "--batch_size=256", "--delta=1e-5")


@pytest.mark.parametrize(
    "arguments",
    [
        (
            "--num_groups=5",
            "--target_epsilon=0.001",
            "--noise_multiplier=200",
        ),
        ("--target_epsilon=1", "--noise_multiplier=0.01"),
        ("--target_epsilon=1e-9", "--noise_multiplier=1"),
    ],
)
def test_where_no_step_is_allowed_the_remedy_is_named(arguments):
    with pytest.raises(errors.UserError, match="no step.*accountant=pld"):
        run(*SMALL, *arguments)


@pytest.mark.parametrize(
    "name, value",
    [
        ("noise_multiplier", "1e300"),
        ("noise_multiplier", "1e155"),
        ("num_groups", "1" + "0" * 400),
        ("summary_noise_multiplier", "1e300"),
        ("num_examples", "1" + "0" * 400),
    ],
)
def test_a_number_beyond_any_run_is_refused_with_its_bound(name, value):
    values = {"noise_multiplier": "1", "num_steps": "10"} | {name: value}
    given = [f"--{key}={one}" for key, one in values.items()]
    with pytest.raises(errors.UserError, match=f"--{name}=.*at most") as caught:
        run(*SMALL, *given)
    assert len(str(caught.value)) < 200


def test_what_is_not_free_is_never_shown_as_zero(capsys):
    run(*SMALL, "--noise_multiplier=1e6", "--num_steps=1")
    output = capsys.readouterr().out
    assert " 0.000000" not in output
