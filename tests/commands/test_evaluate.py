import json

import numpy as np
import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.release import export
from tests import tiny_generator


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    root = tmp_path_factory.mktemp("run")
    generator = np.random.default_rng(0)
    data = root / "noise.npz"
    np.savez(
        data,
        x_train=generator.integers(0, 256, [130, 4, 4, 1], np.uint8),
        y_train=np.arange(130) % 10,
        x_test=generator.integers(0, 256, [30, 4, 4, 1], np.uint8),
        y_test=np.arange(30) % 10,
    )
    recipe = recipes.change(
        presets.get("mnist"),
        {"data.source": str(data), "scoring.num_samples": 50},
    )
    (root / "config.json").write_text(recipe.to_json())
    (root / "private").mkdir()
    export.export_generator(
        tiny_generator.build(), root / "release/generator/1", latent_dim=3
    )
    return root


def test_a_run_is_scored_and_the_table_printed(run_dir, tmp_path, capsys):
    arguments = [f"--run_dir={run_dir}", f"--data_dir={tmp_path}"]
    assert main.main(["evaluate", *arguments]) == 0
    output = capsys.readouterr().out
    assert "released generator" in output and "real test part" in output
    scores = json.loads((run_dir / "private" / "scores.json").read_text())
    assert scores["scores"]["released"]["num_images"] == 50
    assert "Left out, frechet" in output
    assert (run_dir / "private" / "nearest_neighbours.png").is_file()
    arguments += ["--num_samples=20", "--metrics=inception"]
    assert main.main(["evaluate", *arguments]) == 0
    chosen = run_dir / "private" / "chosen_scores.json"
    assert f"Written to {chosen}" in capsys.readouterr().out
    scores = json.loads(chosen.read_text())
    assert scores["scores"]["released"]["num_images"] == 20


def test_another_variety_is_tried_beside_the_scores_of_the_run(
    run_dir, tmp_path, capsys
):
    whole = run_dir / "private" / "scores.json"
    before = whole.read_text() if whole.exists() else None
    arguments = ["--metrics=diversity", "--variety=1.25", "--num_samples=20"]
    arguments += [f"--run_dir={run_dir}", f"--data_dir={tmp_path}"]
    assert main.main(["evaluate", *arguments]) == 0
    assert "released, variety 1.25" in capsys.readouterr().out
    chosen = json.loads((run_dir / "private/chosen_scores.json").read_text())
    assert chosen["variety"] == 1.25
    assert (whole.read_text() if whole.exists() else None) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--run_dir"),
        (["--run_dir=no/such"], "no/such"),
        (["--run_dir=RUN", "--metrics=beauty"], "beauty"),
        (["--run_dir=RUN", "--metrics=downstream"], "needs labels"),
        *(
            (["--run_dir=RUN", f"--variety={wrong}"], "variety=")
            for wrong in ("nan", "-inf", "0", "-1", "4.1", "much")
        ),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    run_dir, tmp_path, capsys, arguments, message
):
    arguments = [*arguments, f"--data_dir={tmp_path}"]
    arguments = [text.replace("RUN", str(run_dir)) for text in arguments]
    assert main.main(["evaluate", *arguments]) == 2
    error = capsys.readouterr().err
    last = error.strip().splitlines()[-1]
    assert last.startswith("dpgan: error: ") and error.count("dpgan: ") == 1
    assert message in last


def test_a_damaged_configuration_is_named(tmp_path, capsys):
    (tmp_path / "config.json").write_text("{")
    assert main.main(["evaluate", f"--run_dir={tmp_path}"]) == 2
    assert "config.json: not a configuration" in capsys.readouterr().err
