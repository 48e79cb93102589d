r"""Audit the code: a lower bound of epsilon, measured, beside the claim.

The private steps and the summary of a preset run on made records, as they would
in training: sampler, clipping, noise, permit and all. Thousands of canaries,
records whose clipped gradient is a direction of its own, are each in the data
or not, by a secret coin. What the noisy sums show of them is compared with what
the claim allows. The exit status is 0 if nothing was found, 1 if the claim is
refuted.

This is a test of the code: no real record is read, no budget is charged, and
nothing is written into the folder of a run or a release. Of a run, --run_dir
gives the settings. Networks are not trained: what they learn follows from the
noisy sums. A small run with planted images is trained beside it, and attacked
by its samples alone.

Examples:
  python -m dpgan_tf audit --preset=mnist --epsilon=4
  python -m dpgan_tf audit --preset=mnist_surrogate --epsilon=10 --steps=300
  python -m dpgan_tf audit --run_dir=runs/scans
  python -m dpgan_tf audit --self_test
"""

import pathlib
import sys
from typing import Any

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import quiet
from dpgan_tf import run_files
from dpgan_tf.audit import places
from dpgan_tf.commands import results
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.papers import provenance

ARGUMENT = "preset"
_ALONE = ("preset", "run_dir", "epsilon", "steps", "black_box")


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "preset",
        "mnist",
        "Preset whose steps and summary are audited; see `presets`.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "run_dir",
        None,
        "Run whose settings are audited, instead of a preset. Its records are "
        "not read.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "epsilon",
        None,
        "Epsilon of the claim. Without this flag: that of the settings.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "steps",
        None,
        "Number of steps, in whole rounds; noise is solved for them. Without "
        "this flag: those of the settings.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "canaries",
        4_000,
        "Number of canaries. More of them give tighter bounds.",
        lower_bound=100,
        upper_bound=20_000,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "seed",
        None,
        "Seed of coins, samples and noise, to repeat an audit. Without this "
        "flag they come from the operating system.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "output",
        None,
        "Folder of audit.json and audit.png. Without this flag: "
        "runs/audit/PRESET, or runs/audit/self_test.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "black_box",
        True,
        "Also train a small run with planted images, and attack its samples.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "self_test",
        False,
        "Audit published and broken arithmetic, which must be convicted.",
        flag_values=flag_values,
    )
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> int:
    """Audit, write what was found, and return the exit status.

    Args:
      flag_values: the parsed flags.

    Returns:
      0 if the claim is not refuted, 1 if it is; of a self-test, 0 if every
      verdict is right.

    Raises:
      UserError: for settings or folders that cannot be used.
    """
    recipe = None if flag_values.self_test else _recipe(flag_values)
    name = recipe.name if recipe else "self_test"
    folder = pathlib.Path(flag_values.output or f"runs/audit/{name}")
    places.require_apart(folder)
    if "tensorflow" not in sys.modules:
        progress.note("starting TensorFlow")
    if recipe is None:
        return _test_itself(flag_values, folder)
    return _audit(flag_values, recipe, folder)


def _recipe(flag_values: flags.FlagValues) -> recipes.Recipe:
    recipe = _chosen(flag_values)
    if recipe.budget is None:
        raise errors.UserError(
            f"{recipe.name}: has no budget, and claims nothing that an audit "
            "could refute; choose another --preset or --run_dir."
        )
    changes: dict[str, Any] = {}
    if flag_values.epsilon is not None:
        changes["budget.target_epsilon"] = flag_values.epsilon
    if flag_values.steps is not None:
        each = recipe.steps.num_critic_steps
        changes["steps.num_steps"] = -(-flag_values.steps // each) * each
    return recipes.change(recipe, changes)


def _chosen(flag_values: flags.FlagValues) -> recipes.Recipe:
    if flag_values.run_dir is None:
        return presets.get(flag_values.preset)
    if flag_values["preset"].present:
        raise errors.UserError(
            "--preset, --run_dir: give one of them, not both."
        )
    files = run_files.existing(flag_values.run_dir)
    return config_text.read(files.config)


def _audit(
    flag_values: flags.FlagValues,
    recipe: recipes.Recipe,
    folder: pathlib.Path,
) -> int:
    cases = quiet.import_module("dpgan_tf.audit.cases")
    audits = quiet.import_module("dpgan_tf.audit.audit")
    report = quiet.import_module("dpgan_tf.audit.report")
    case = cases.of_recipe(recipe)
    audit = audits.make(
        case, num_canaries=flag_values.canaries, seed=flag_values.seed
    )
    beside = _black_box(flag_values, case)
    content = report.of(audit, origin=_origin(flag_values), black_box=beside)
    report.write(folder, audit, content)
    told = report.text(audit, black_box=beside)
    said = f"{told}\n\n{_where(folder, report)}"
    results.show(flag_values, content, said)
    return 1 if audit.found.is_refuted else 0


def _black_box(flag_values: flags.FlagValues, case):
    if not flag_values.black_box:
        return None
    black_box = quiet.import_module("dpgan_tf.audit.black_box")
    findings = quiet.import_module("dpgan_tf.audit.findings")
    return black_box.make(
        epsilon=case.epsilon, error=findings.ERROR, seed=flag_values.seed
    )


def _where(folder: pathlib.Path, report) -> str:
    shown = errors.printable(folder / report.FILE_NAME)
    return f"Written: {shown}, {report.PICTURE_NAME}"


def _test_itself(flag_values: flags.FlagValues, folder: pathlib.Path) -> int:
    for name in _ALONE:
        if flag_values[name].present:
            raise errors.UserError(
                f"--{name}: has no effect with --self_test, which has cases of "
                "its own; leave it out."
            )
    self_test = quiet.import_module("dpgan_tf.audit.self_test")
    rows = []
    for row in self_test.rows(
        num_canaries=flag_values.canaries, seed=flag_values.seed
    ):
        progress.note(
            f"{row.name}: {'convicted' if row.is_convicted else 'not refuted'}"
        )
        rows.append(row)
    content = self_test.write(folder, rows, origin=_origin(flag_values))
    results.show(flag_values, content, self_test.table(rows))
    return 0 if all(row.is_right for row in rows) else 1


def _origin(flag_values: flags.FlagValues) -> dict[str, object]:
    given = [
        f"--{name}={flag_values[name].value}"
        for name in (
            "preset",
            "run_dir",
            "epsilon",
            "steps",
            "canaries",
            "seed",
        )
        if flag_values[name].present
    ]
    asked = ["--self_test"] if flag_values.self_test else []
    return provenance.describe(" ".join(["dpgan audit", *given, *asked]))
