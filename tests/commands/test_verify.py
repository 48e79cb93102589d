import hashlib
import json
import subprocess
import sys

import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import verify
from tests.claim import releases


@pytest.fixture
def run_dir(tmp_path):
    return releases.make_run(tmp_path / "run")


def run(*arguments):
    flag_values = flags.FlagValues()
    verify.define_flags(flag_values)
    flag_values(["verify", *arguments])
    return verify.run(flag_values)


def test_a_run_that_holds_gives_status_zero_and_its_statement(run_dir, capsys):
    assert run(f"--run_dir={run_dir}") == 0
    output = capsys.readouterr().out
    assert "FAILED" not in output
    assert "differentially private" in output
    assert "times larger or smaller" in output
    assert "Noise generator: " in output


def test_a_release_that_holds_gives_status_zero(run_dir, capsys):
    assert run(f"--release_dir={run_dir / 'release'}", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] and all(item["ok"] for item in report["findings"])
    claim = releases.read(run_dir)
    for name in ("risk", "statement", "noise_sampler"):
        assert report[name] == claim[name]


def test_a_failed_check_gives_status_one_and_no_statement(run_dir, capsys):
    (run_dir / "release" / "MODEL_CARD.md").write_text("other")
    assert run(f"--run_dir={run_dir}") == 1
    output = capsys.readouterr().out
    assert "FAILED  file MODEL_CARD.md: sha256 differs" in output
    assert "differentially private" not in output
    assert "times larger" not in output
    assert run(f"--run_dir={run_dir}", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["ok"] and report["statement"] is report["risk"] is None


@pytest.mark.parametrize(
    "arguments, named",
    [
        ([], "--run_dir"),
        (["--run_dir=a", "--release_dir=b"], "exactly one"),
        (["--run_dir=/nowhere"], "--run_dir=/nowhere: no such directory"),
        (["--release_dir=/nowhere"], "--release_dir=/nowhere"),
    ],
)
def test_bad_input_names_the_flag(arguments, named):
    with pytest.raises(errors.UserError, match=named):
        run(*arguments)


def test_verify_works_as_a_program_without_tensorflow(run_dir):
    code = (
        "import sys\n"
        "from dpgan_tf import __main__ as program\n"
        f"status = program.main(['verify', '--run_dir={run_dir}'])\n"
        "assert 'tensorflow' not in sys.modules\n"
        "sys.exit(status)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    (run_dir / "config.json").write_text("{}")
    assert subprocess.run([sys.executable, "-c", code]).returncode == 1


def _output(capsys, *arguments):
    run(*arguments)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    [
        "x\nok      claim: all of it",
        "x\r\x1b[1A\x1b[2Kok      files: all of them",
        "x\u202etxt.exe",
        "x\u2028ok      card: as made from the claim",
        b"x\xff\xfe".decode("utf-8", "surrogateescape"),
    ],
)
def test_the_name_of_a_file_cannot_forge_a_line(run_dir, name, capsys):
    before = _output(capsys, f"--run_dir={run_dir}").count("\nok ")
    (run_dir / "release" / name).write_text("more")
    (run_dir / "release" / ("d" + name)).mkdir()
    output = _output(capsys, f"--run_dir={run_dir}")
    assert output.count("\nok ") == before
    assert all(char.isprintable() or char == "\n" for char in output)
    report = _output(capsys, f"--run_dir={run_dir}", "--json")
    assert report.isascii() and not json.loads(report)["ok"]


@pytest.mark.parametrize("field", ["epsilon", "format", "files", "claim"])
def test_a_text_in_a_claim_cannot_forge_a_line(run_dir, field, capsys):
    forged = "0.1\nok      epsilon: 0.1\x1b[2J\u202e"
    value = {forged: forged} if field == "files" else forged
    releases.alter(run_dir, **{field: value})
    output = _output(capsys, f"--run_dir={run_dir}")
    assert "\nok      epsilon: 0.1" not in output
    assert all(char.isprintable() or char == "\n" for char in output)
    assert max(map(len, output.splitlines())) < 2_100


def test_the_check_says_that_nothing_is_signed(run_dir, capsys):
    output = _output(capsys, f"--run_dir={run_dir}")
    content = (run_dir / "release" / "privacy.json").read_bytes()
    assert "Nothing is signed" in output
    assert hashlib.sha256(content).hexdigest() in output
    report = json.loads(_output(capsys, f"--run_dir={run_dir}", "--json"))
    assert "Nothing is signed" in report["limits"]
    assert "Nothing is signed" in verify.__doc__
