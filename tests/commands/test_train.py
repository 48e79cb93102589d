"""`train` on the command line: bad input is one line and exit status 2."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.config import recipe as recipes
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
from tests import summary_runs
from tests import tiny_run


def error_of(capsys, *arguments):
    assert main.main(["train", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("dpgan: error: ")
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "--preset"),
        (["--preset=mnits"], "did you mean mnist"),
        (
            ["--preset=mnist", "--set=chunk_sise=3"],
            "did you mean steps.chunk_size",
        ),
        (["--preset=mnist", "--set=num_steps"], "expected KEY=VALUE"),
        (["--preset=mnist", "--set=steps.num_steps=few"], "num_steps=few"),
        (["--preset=mnist", "--target_epsilon=-1"], "target_epsilon=-1"),
        (["--preset=mnist", "--target_epsilon=x"], "target_epsilon"),
        (
            ["--preset=mnist", "--set=budget.target_delta=0.1"],
            "target_delta=0.1",
        ),
        (
            ["--preset=mnist", "--set=budget.noise_multiplier=0"],
            "noise_multiplier=0",
        ),
        (
            ["--preset=mnist", "--set=steps.expected_batch_size=60000"],
            "sampling probability is at most 1",
        ),
        (["--preset=mnist", "--run_dri=x"], "run_dir"),
        (["mnist", "--epsilon=4", "extra"], "unexpected argument 'extra'"),
        (["mnist"], "--epsilon: missing; say how much"),
        (["mnist", "--epsilom=4"], "Did you mean: epsilon"),
        (["mnist", "--epsilon=4", "--recipe=quik"], "did you mean quick?"),
        (["--preset=mnist", "--records=9"], "--records: is for `train DATA`"),
        (
            ["mnist", "--recipe=quick", "--preset=mnist"],
            "--recipe, --preset: give one of them",
        ),
        (
            ["--preset=ppgan", "--set=budget=none", "--plan"],
            "--plan: is for a budget",
        ),
        (["--preset=mnist", "--trusted_network"], "has no effect without"),
        (["--preset=mnist", "--strategy=multi_worker"], "TF_CONFIG is not set"),
    ],
)
def test_a_wrong_flag_is_named_with_its_remedy(capsys, arguments, message):
    assert message in error_of(capsys, *arguments)


def test_without_a_budget_nothing_is_released(tmp_path, capsys):
    tiny_run.write_labelled_records(tmp_path)
    settings = {
        "loss": "ppgan",
        "clipping": "fixed",
        "optimizer": "rmsprop",
        "budget": "none",
        "data.source": tmp_path / "records.npz",
    }
    few = {
        key: value
        for key, value in tiny_run.SETTINGS.items()
        if not key.startswith(("budget.", "clipping."))
    }
    values = few | settings
    arguments = [f"--set={name}={value}" for name, value in values.items()]
    places = [f"--run_dir={tmp_path}/run", f"--data_dir={tmp_path}"]
    status = main.main(["train", "--preset=mnist_quick", *arguments, *places])
    assert status == 0
    printed = capsys.readouterr().out
    assert "WITHOUT privacy" in printed and "GAN without privacy" in printed
    assert not (tmp_path / "run" / "release").exists()
    assert not (tmp_path / "run" / "private" / "ledger.jsonl").exists()


def write(path, images):
    np.savez(path, images=images)
    return path


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda p: p / "missing.npz", "missing.npz"),
        (lambda p: p / "no_folder", "no_folder"),
        (
            lambda p: write(p / "nan.npz", np.full((300, 28, 28), np.nan)),
            "nan.npz",
        ),
        (
            lambda p: write(p / "small.npz", np.zeros((300, 7, 7), np.uint8)),
            "7 x 7",
        ),
    ],
)
def test_records_that_cannot_be_used_leave_nothing_behind(
    capsys, tmp_path, make, message
):
    path = make(tmp_path)
    arguments = tiny_run.command(tmp_path)[4:]
    arguments = [a for a in arguments if not a.startswith("--set=dataset")]
    error = error_of(capsys, *arguments, f"--set=data.source={path}")
    assert message in error
    assert not (tmp_path / "run").exists()


def test_a_truncated_file_of_records_is_named(capsys, tmp_path):
    arguments = tiny_run.command(tmp_path)[4:]
    path = tmp_path / "records.npz"
    path.write_bytes(path.read_bytes()[:2000])
    assert "records.npz" in error_of(capsys, *arguments)


def test_a_wrong_setting_is_found_without_tensorflow():
    code = (
        "import sys; from dpgan_tf import __main__ as m;"
        "status = m.main(['train', '--preset=mnist', "
        "'--set=steps.num_steps=0']);"
        "assert 'tensorflow' not in sys.modules; sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("dpgan: error: steps.num_steps=0")


def test_help_teaches(capsys):
    assert main.main(["train", "--help"]) == 0
    shown = capsys.readouterr().out
    for text in ("--preset", "--set", "Examples:", "release", "continues"):
        assert text in shown


@pytest.mark.slow
def test_a_planned_run_goes_on_with_its_plan(tmp_path, capsys):
    """Noise in batches of 128 would be louder than `plan.NOISE`."""
    command = tiny_run.command(
        tmp_path, steps__num_steps=48, steps__num_critic_steps=4
    )[3:]
    command += ["--plan", "--target_epsilon=2"]
    for _ in range(2):
        assert main.main(command) == 0
        said = capsys.readouterr().err
        assert (
            "Planned: steps.expected_batch_size=256, steps.num_steps=4." in said
        )
    other = [*command, f"--run_dir={tmp_path}/other"]
    assert main.main([*other, "--set=data.num_private_examples=999"]) == 2
    said = capsys.readouterr()
    assert "num_private_examples=999" in said.err and "Planned" not in said.err
    without = [argument for argument in command if argument != "--plan"]
    assert main.main(without) == 2
    assert "expected_batch_size" in capsys.readouterr().err


def test_a_run_goes_on_from_another_folder_by_its_folder_alone(
    tmp_path, monkeypatch, capsys
):
    """And is scored there: nothing is typed again, nothing is fetched."""
    tiny_run.write_records(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    values = tiny_run.SETTINGS | {"data.source": "records.npz"}
    settings = [f"--set={name}={value}" for name, value in values.items()]
    place = f"--run_dir={tmp_path}/run"

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(private_training, "train", stop)
        arguments = ["--preset=mnist_quick", *settings, place, "--data_dir=."]
        assert main.main(["train", *arguments]) == 130

    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(run_release, "score", lambda *args, **kwargs: None)
    assert main.main(["train", place]) == 0
    assert "differentially private" in capsys.readouterr().out
    scored = []

    def score_run(run_dir, dataset, *, data_dir, **kwargs):
        scored.append((dataset.name, data_dir))
        return {"scores": {}}

    monkeypatch.setattr(run_scores, "score_run", score_run)
    monkeypatch.setattr(score_text, "text", lambda scores: "")
    assert main.main(["evaluate", place]) == 0
    assert scored == [("records", str(tmp_path))]
    (tmp_path / "records.npz").rename(tmp_path / "moved.npz")
    capsys.readouterr()
    assert main.main(["evaluate", place]) == 2
    assert "records.npz: the run's records are not there" in (
        capsys.readouterr().err
    )
    moved = f"--dataset={tmp_path}/moved.npz"
    assert main.main(["evaluate", place, moved]) == 0


def test_several_machines_need_a_network_that_somebody_vouches_for(
    monkeypatch, tmp_path, capsys
):
    """Said before TensorFlow opens its server, and before a run is begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(
        "TF_CONFIG",
        '{"cluster": {"worker": ["localhost:2222", "localhost:2223"]}, '
        '"task": {"type": "worker", "index": 0}}',
    )
    arguments = ["--preset=mnist", "--strategy=multi_worker"]
    message = error_of(capsys, *arguments)
    assert "add --trusted_network" in message
    assert not list(tmp_path.iterdir())


def test_own_records_go_all_the_way_by_their_name_alone(
    tmp_path, monkeypatch, capsys
):
    """From `train DATA` to a result that a program reads, and once more."""
    tiny_run.write_labelled_records(tmp_path)
    base = tiny_run.recipe(
        tmp_path, **{**summary_runs.SETTINGS, "steps.num_steps": 4}
    )
    (tmp_path / "wanted.json").write_text(
        recipes.change(base, {"name": "quick"}).to_json()
    )
    monkeypatch.chdir(tmp_path)
    arguments = ["train", "records.npz", "--config=wanted.json"]
    arguments += ["--records=290", "--epsilon=3", "--data_dir=.", "--json"]
    assert main.main(arguments) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["run_dir"] == "runs/records_quick"
    assert found["epsilon"] <= 3 and found["scores"] is None
    assert any("evaluate" in line for line in found["next"])
    assert "290 private ones of records.npz" in said.err
    assert "folder    runs/records_quick, of which only" in said.err
    assert main.main(arguments) == 0
    assert json.loads(capsys.readouterr().out) == found
    assert main.main(["verify", f"--run_dir={found['run_dir']}"]) == 0
