"""Without a summary nothing is taken, given or changed."""

from dpgan_tf import run_files
from dpgan_tf.config import presets
from dpgan_tf.data import records
from dpgan_tf.run import budgets
from dpgan_tf.run import team as teams
from dpgan_tf.run.summary import private_summary
from dpgan_tf.run.summary import protocol


def test_no_summary_gives_nothing_and_leaves_no_file(tmp_path):
    recipe = presets.get("mnist_quick")
    files = run_files.RunFiles(tmp_path)
    budget = budgets.build_budget(recipe)
    taken = private_summary.take(recipe, files, budget, None, None, None)
    assert type(taken) is protocol.Summary
    assert taken.surrogates(records.DIGITS, teams.ALONE) is None
    assert taken.loss() is None and taken.guide is None
    taken.fit(files, None)
    taken.calibrate(None)
    assert type(private_summary.read(recipe, files)) is protocol.Summary
    assert not list(tmp_path.iterdir())
