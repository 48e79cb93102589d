import json
import math

import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.audit import audit as audits
from dpgan_tf.audit import black_box
from dpgan_tf.commands import audit
from dpgan_tf.config import presets
from tests.audit import reports
from tests.audit import test_report


def run(*arguments):
    flag_values = flags.FlagValues()
    audit.define_flags(flag_values)
    flag_values(["audit", *map(str, arguments)])
    return audit.run(flag_values)


@pytest.fixture
def asked(monkeypatch):
    """Make simulated audits, and keep what was asked for."""
    found = []

    def make(case, **settings):
        found.append((case, settings))
        return reports.made()

    monkeypatch.setattr(audits, "make", make)
    monkeypatch.setattr(black_box, "make", lambda **_: test_report.SAMPLES)
    return found


def test_a_real_audit_writes_what_it_found(tmp_path, capsys, monkeypatch):
    reports.without_search(monkeypatch, factor=math.inf)
    status = run(
        *("--preset=mnist_basic", "--epsilon=4", "--steps=6", "--seed=3"),
        *("--canaries=100", "--noblack_box", f"--output={tmp_path}", "--json"),
    )
    assert status == 0
    told = json.loads(capsys.readouterr().out)
    written = json.loads((tmp_path / "audit.json").read_text())
    assert written == {key: told[key] for key in written}
    assert written["bounds"]["largest_noise_over_claimed"] is None
    assert written["claim"]["num_steps"] == 8, "whole rounds of four"
    assert 3.9 < written["claim"]["epsilon"] <= 4
    assert written["from"]["command"] == (
        "dpgan audit --preset=mnist_basic --epsilon=4.0 --steps=6 "
        "--canaries=100 --seed=3"
    )
    assert (tmp_path / "audit.png").exists()


def test_nothing_found_is_status_zero(asked, tmp_path, capsys):
    assert run(f"--output={tmp_path}", "--seed=5") == 0
    output = capsys.readouterr().out
    assert "Nothing found" in output and "Black box" in output
    assert asked[0][1] == {"num_canaries": 4_000, "seed": 5}
    assert asked[0][0].plan.num_steps == 5_000


def test_a_refuted_claim_is_status_one(asked, tmp_path, monkeypatch, capsys):
    refuted = reports.made(shift=4.0)
    monkeypatch.setattr(audits, "make", lambda *_, **__: refuted)
    assert run(f"--output={tmp_path}", "--noblack_box") == 1
    assert "REFUTED" in capsys.readouterr().out


def test_the_settings_of_a_run_are_audited(asked, tmp_path):
    recipe = presets.get("mnist_basic")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text(recipe.to_json())
    assert run(f"--run_dir={tmp_path / 'run'}", f"--output={tmp_path}/a") == 0
    assert asked[0][0].mechanism.num_groups == 1


def test_a_self_test_fails_if_a_verdict_is_wrong(asked, tmp_path, capsys):
    """Every simulated audit acquits, which is right for one case alone."""
    assert run("--self_test", f"--output={tmp_path}") == 1
    output = capsys.readouterr().out
    assert output.count("(WRONG)") == 6
    written = json.loads((tmp_path / "self_test.json").read_text())
    assert len(written["rows"]) == 7


@pytest.mark.parametrize(
    "arguments, named",
    [
        (["--preset=nothing"], "nothing"),
        (["--preset=mnist", "--run_dir=x"], "not both"),
        (["--run_dir=/nowhere"], "/nowhere: no run here"),
        (["--self_test", "--steps=4"], "--steps: has no effect"),
        (["--self_test", "--noblack_box"], "--black_box: has no effect"),
    ],
)
def test_bad_input_names_the_flag(arguments, named):
    with pytest.raises(errors.UserError, match=named):
        run(*arguments)


def test_a_run_without_a_budget_has_nothing_to_refute(tmp_path):
    base = presets.get("mnist").to_json()
    config = json.loads(base) | {"budget": {"kind": "none"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(errors.UserError, match="has no budget"):
        run(f"--run_dir={tmp_path}", "--output=/tmp/elsewhere")


@pytest.mark.parametrize("name", ["config.json", "privacy.json"])
def test_a_folder_of_real_records_is_refused(asked, tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(errors.UserError, match="choose another folder"):
        run(f"--output={tmp_path}")
    assert not asked


@pytest.mark.slow
def test_the_audit_convicts_all_that_is_broken(tmp_path):
    assert run("--self_test", "--seed=1", f"--output={tmp_path}") == 0
