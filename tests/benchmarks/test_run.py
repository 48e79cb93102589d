"""The command: bad flags, resuming, failures."""

import json
import subprocess

import pytest

from benchmarks import command_line
from benchmarks import machine
from benchmarks import options
from benchmarks import plan
from benchmarks import run

SETTINGS = ("--full", "--kinds=memory", "--cases=mlp")


@pytest.fixture(autouse=True)
def unchanged_process(monkeypatch):
    monkeypatch.setattr(machine, "use_cores", lambda number: None)


def answer(monkeypatch, *, status=0):
    """Let every cell answer at once, and return which were measured."""
    measured = []

    def measure(cell):
        measured.append(cell.name)
        result = json.dumps({"needed": 1.0, "peak": 2.0})
        return subprocess.CompletedProcess([], status, result, "why it failed")

    monkeypatch.setattr(run, "_measure", measure)
    return measured


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give one of --quick, --full and --kinds"),
        (["--quick", "--full"], "give one of --quick, --full and --kinds"),
        (["--quick", "--cases=mlp"], "--cases: has no effect with --quick"),
        (["--full", "--cases=nonsense"], "--cases: unknown 'nonsense'"),
        (["--full", "--batches=16,0"], "--batches: '0'; expected a number"),
        (["--full", "--chunk_size=0"], "--chunk_size=0; expected > 0"),
        (["--full", "--kinds=check"], "needs --peers_python"),
        (["--full", "--kinds="], "nothing to measure"),
        (["--quick", "--kinds=run"], "give one of --quick"),
        (["--kinds=run", "--recipes=nonsense"], "--recipes: unknown 'nonsen"),
        (["--kinds=run", "--repeats=0"], "--repeats=0; expected > 0"),
        (["--kinds=run", "--packages=/nowhere"], "/nowhere: has no folder dp"),
        (["--kinds=run", "--settings=x"], "--settings: 'x'; expected KEY=VAL"),
        (["--kinds=scale", "--sides=x"], "--sides: 'x'; expected a number"),
        (["--full", "--nonsense=1"], "nonsense"),
        (["--full", "nonsense"], "unexpected argument 'nonsense'"),
    ],
)
def test_bad_flags_are_one_clear_line(arguments, message, capsys):
    assert run.main(arguments) == command_line.EXIT_BAD_INPUT
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert message in lines[0]


def test_help_explains_every_flag(capsys):
    assert run.main(["--help"]) == command_line.EXIT_OK
    printed = capsys.readouterr().out
    for name in ("quick", "full", "out", "peers_python", "limit_s"):
        assert f"\n  --{name}\n" in printed


def test_the_same_command_measures_only_what_is_missing(
    tmp_path, monkeypatch, capsys
):
    out = tmp_path / "full.json"
    measured = answer(monkeypatch)
    assert run.main([*SETTINGS, f"--out={out}"]) == command_line.EXIT_OK
    assert "memory/mlp/256/private_ghost" in measured
    content = json.loads(out.read_text())
    del content["cells"]["memory/mlp/256/private_ghost"]
    out.write_text(json.dumps(content))
    measured.clear()
    assert run.main([*SETTINGS, f"--out={out}"]) == command_line.EXIT_OK
    assert measured == ["memory/mlp/256/private_ghost"]
    assert "| mlp | 256 | private_ghost | 1 | 2 |" in capsys.readouterr().out


def test_a_cell_that_fails_is_reported_and_measured_again(
    tmp_path, monkeypatch, capsys
):
    out = tmp_path / "full.json"
    answer(monkeypatch, status=-9)
    assert run.main([*SETTINGS, f"--out={out}"]) == command_line.EXIT_FAILED
    failures = capsys.readouterr().err
    assert "memory/mlp/256/private_ghost: status -9, why it failed" in failures
    assert not out.exists()


def test_a_full_run_covers_every_kind_once():
    chosen = options.parse(["--full", "--peers_python=python"]).plan
    names = [cell.name for cell in plan.full(chosen)]
    assert len(set(names)) == len(names)
    assert {name.split("/")[0] for name in names} == set(plan.KINDS)
    with_peers = [
        cell.name for cell in plan.full(chosen) if "peers" in cell.settings
    ]
    assert with_peers == ["speed/mnist/64", "speed/mnist/256"]


def test_a_quick_run_is_small_and_without_peers():
    cells = plan.quick(options.parse(["--quick"]).plan)
    assert [cell.name for cell in cells] == [
        "speed/mnist/64",
        "speed/mlp/64",
        "speed/celeba48/16",
    ]
    assert not any("peers" in cell.settings for cell in cells)


def test_naming_a_kind_is_enough():
    chosen = options.parse(["--kinds=run,profile"])
    assert not chosen.is_quick
    names = [cell.name for cell in plan.full(chosen.plan)]
    assert names[0] == "run/./mnist/quick/4/0"
    assert names[1] == "profile/mnist/64/private_ghost"


def test_whole_runs_alternate_between_packages():
    root = str(run._ROOT)
    chosen = options.parse(
        ["--kinds=run", "--repeats=2", f"--packages=.,{root}"]
    ).plan
    cells = plan.full(chosen)
    packages = [cell.settings["package"] for cell in cells]
    assert packages == [".", root, ".", root]
    assert [cell.settings["seed"] for cell in cells] == [0, 0, 1, 1]
    assert len({cell.name for cell in cells}) == 4
    assert len({cell.settings["commit"] for cell in cells}) == 1


def test_a_cell_imports_the_package_that_it_names(tmp_path):
    package = tmp_path / "dpgan_tf"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit(77)")
    settings = {"package": str(tmp_path)}
    assert run._measure(plan.Cell("run/x", settings)).returncode == 77


def test_runs_with_other_settings_have_other_names():
    flags = ["--kinds=run", "--settings=networks.precision=auto,data.title=a/b"]
    (cell,) = plan.full(options.parse([*flags, "--scores"]).plan)
    assert cell.name == (
        "run/./mnist/quick/4/networks.precision=auto/data.title=a_b/scored/0"
    )
    changes = {"networks.precision": "auto", "data.title": "a/b"}
    assert cell.settings["changes"] == changes
