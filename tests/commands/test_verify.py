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


def test_a_release_that_holds_gives_status_zero(run_dir, capsys):
    assert run(f"--release_dir={run_dir / 'release'}", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] and all(item["ok"] for item in report["findings"])


def test_a_failed_check_gives_status_one_and_no_statement(run_dir, capsys):
    (run_dir / "release" / "MODEL_CARD.md").write_text("other")
    assert run(f"--run_dir={run_dir}") == 1
    output = capsys.readouterr().out
    assert "FAILED  file MODEL_CARD.md: sha256 differs" in output
    assert "differentially private" not in output
    assert run(f"--run_dir={run_dir}", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["ok"] and report["statement"] is None


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
