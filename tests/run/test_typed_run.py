"""A whole run on typed columns: from a CSV file to a DataFrame of samples."""

import csv
import datetime
import json

import numpy as np
import pytest

import dpgan_tf
from dpgan_tf import __main__ as main
from dpgan_tf.claim import check as claim_check
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import schema_text
from tests.data.tables import examples

pandas = pytest.importorskip("pandas")

_SETTINGS = {
    "steps.expected_batch_size": 24,
    "steps.num_steps": 20,
    "steps.checkpoint_every": 10,
    "summary.fit_steps": 20,
    "scoring.num_samples": 200,
    "networks.generator_width": 16,
    "networks.latent_dim": 8,
}


def _write(path, *, num_rows):
    """Write visits of the columns of `examples`, some of them with gaps."""
    rng = np.random.default_rng(0)
    day = datetime.date(2019, 1, 15)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column["name"] for column in examples.COLUMNS])
        for _ in range(num_rows):
            admitted = day + datetime.timedelta(int(rng.integers(0, 351)))
            codes = [code for code in ("I10", "J44") if rng.random() < 0.4]
            writer.writerow(
                [
                    rng.choice(["F", "M", "X", ""]),
                    rng.integers(0, 111),
                    rng.choice(["", f"{rng.uniform(0, 20):.1f}"]),
                    rng.choice(["no", "yes"]),
                    admitted.isoformat(),
                    f"2019-01-01T{rng.integers(0, 24):02}:30:00",
                    ";".join(codes),
                ]
            )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("typed")
    _write(folder / "visits.csv", num_rows=400)
    (folder / "schema.json").write_text(examples.text(*examples.COLUMNS))
    status = main.main(
        [
            *("train", f"{folder}/visits.csv", "--recipe=dpgan_ehr"),
            *(f"--schema={folder}/schema.json", f"--run_dir={folder}/run"),
            *("--epsilon=2", "--records=380"),
            *(f"--set={key}={value}" for key, value in _SETTINGS.items()),
        ]
    )
    assert status == 0
    return folder


@pytest.mark.slow
def test_the_release_is_typed_and_holds(folder):
    findings = claim_check.check_run(folder / "run")
    assert findings and all(one.ok for one in findings), findings
    text = (folder / "run/release/schema.json").read_text()
    asked = schema_text.read(folder / "schema.json")
    assert text == schema_text.to_text(asked)
    assert json.loads(text)["columns"][0]["name"] == "sex"
    frame = dpgan_tf.load(folder / "run").sample(500, seed=1)
    assert tuple(frame.columns) == asked.names
    assert set(frame["sex"].dropna()) <= {"F", "M", "X"}
    assert frame["sex"].isna().any()
    assert frame["age"].between(0, 110).all()
    assert frame["admitted"].between("2019-01-15", "2019-12-31").all()


@pytest.mark.slow
def test_samples_can_be_trained_on_again(folder):
    output = folder / "samples.csv"
    arguments = [f"--run_dir={folder}/run", f"--output={output}"]
    assert main.main(["generate", *arguments, "--num_samples=300"]) == 0
    schema = schema_text.read(folder / "schema.json")
    dataset = reading.load(output, schema=schema)
    assert len(dataset.train_rows) + len(dataset.test_rows) == 300


@pytest.mark.slow
def test_the_release_is_written_again_in_the_same_bytes(folder):
    release = folder / "run" / "release"
    before = {
        path: path.read_bytes() for path in release.rglob("*") if path.is_file()
    }
    assert main.main(["export", f"--run_dir={folder}/run"]) == 0
    after = {
        path: path.read_bytes() for path in release.rglob("*") if path.is_file()
    }
    assert after == before


@pytest.mark.slow
def test_bounds_may_be_learnt_and_the_claim_covers_them(tmp_path):
    _write(tmp_path / "visits.csv", num_rows=400)
    age = {"name": "age", "type": "integer", "least": 0, "most": 5_000}
    found = [*examples.COLUMNS]
    found[1] = age | {"bins": 5, "bounds": "private"}
    (tmp_path / "limits.json").write_text(examples.text(*found))
    table, schema = f"{tmp_path}/visits.csv", f"{tmp_path}/schema.json"
    limits = f"--schema={tmp_path}/limits.json"
    more = ("--epsilon=1", "--records=380", f"--output={schema}")
    assert main.main(["schema", table, "--private", limits, *more]) == 0
    arguments = [
        *("train", table, f"--schema={schema}", f"--run_dir={tmp_path}/run"),
        *("--recipe=quick", "--epsilon=2", "--records=380"),
        *("--outside=clip", "--set=summary.num_pairs=3"),
        *(f"--set={key}={value}" for key, value in _SETTINGS.items()),
    ]
    assert main.main(arguments) == 0
    findings = claim_check.check_run(tmp_path / "run")
    assert findings and all(one.ok for one in findings), findings
    learnt = schema_text.read(schema)
    text = (tmp_path / "run/release/schema.json").read_text()
    assert text == schema_text.to_text(learnt)
    claim = claim_check.read_claim(tmp_path / "run/release")
    assert claim["summary_noise_multiplier"] < learnt.learnt_noise_multiplier
    assert claim["epsilon"] <= 2
    ages = dpgan_tf.load(tmp_path / "run").sample(200, seed=1)["age"]
    assert ages.between(learnt.columns[1].least, learnt.columns[1].most).all()
