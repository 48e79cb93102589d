"""Times a whole run, stage by stage, with the accuracy that it reached."""

import os
import pathlib
import resource
import tempfile
from collections.abc import Mapping

import dpgan_tf
from benchmarks import memory
from benchmarks import stopwatch
from benchmarks import teaching
from dpgan_tf import errors
from dpgan_tf import images
from dpgan_tf import run_files
from dpgan_tf.config import wanted as asked
from dpgan_tf.evaluation import score_text
from dpgan_tf.release import sampling
from dpgan_tf.run import assembly
from dpgan_tf.run import data as run_data
from dpgan_tf.run import front_door
from dpgan_tf.run import training

START = "starting Python and TensorFlow"


def measure(
    *,
    data: str,
    data_dir: str,
    recipe: str,
    epsilon: float,
    seed: int,
    scores: bool,
    changes: Mapping[str, str],
    package: str,
    commit: str,
) -> dict[str, object]:
    """Train as the command `train` does, in a folder of its own.

    Run this in a fresh process: it begins with the start of that.

    Args:
      data: name or path of the data set.
      data_dir: folder of prepared data sets.
      recipe: name of the recipe.
      epsilon: epsilon of the budget.
      seed: the split's seed, from which initial weights follow, too; the noise
        is never seeded.
      scores: whether the run also computes its scores.
      changes: texts by the key of a setting.
      package: folder that the package must come from.
      commit: commit of that folder.

    Returns:
      `seconds` of the whole and by `stages`, the `cpu_seconds` of all cores,
      which a busy machine changes less, the `peak` memory in MiB, the
      `accuracy` that samples teach, see `teaching`, the run's own
      `scores`, if any, and its whole `recipe`, as the run keeps it.

    Raises:
      UserError: if the package is another one.
    """
    started = stopwatch.age()
    _require_package(package)
    wanted = asked.Wanted(
        data=data,
        recipe=recipe,
        epsilon=epsilon,
        settings={"data.split_seed": str(seed), **changes},
    )
    watch = stopwatch.Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        with stopwatch.watching(watch):
            assembly.prepare_arithmetic()
            chosen = front_door.read(wanted, data_dir=data_dir)
            files = training.train(
                chosen,
                run_dir=pathlib.Path(folder) / "run",
                data_dir=data_dir,
                with_scores=scores,
            )
            watch.stop()
        stages = {START: started} | watch.seconds
        peak, cpu_seconds = memory.held_mib("VmHWM"), _cpu_seconds()
        accuracy = _accuracy(chosen, files, data_dir)
        own = _own_scores(files)
        kept = run_files.read_json(files.config)
    return {
        "seconds": sum(stages.values()),
        "stages": stages,
        "cpu_seconds": cpu_seconds,
        "peak": peak,
        "accuracy": accuracy,
        "scores": own,
        "recipe": kept,
        "commit": commit,
    }


def _require_package(package: str) -> None:
    found = pathlib.Path(os.fspath(dpgan_tf.__file__)).resolve().parents[1]
    if found != pathlib.Path(package).resolve():
        raise errors.UserError(
            f"--packages={package}: the package of {found} was imported "
            "instead; name a folder that has dpgan_tf in it."
        )


def _cpu_seconds() -> float:
    """Return those of this process and of the one that writes a release."""
    both = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    used = [resource.getrusage(who) for who in both]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _accuracy(recipe, files, data_dir) -> float | None:
    """Return what samples teach; None without labels or test images."""
    dataset = run_data.load_dataset(recipe, data_dir=data_dir)
    generator = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    test = getattr(dataset, "test_images", None), dataset.test_labels
    if not generator.num_classes or any(part is None for part in test):
        return None
    made = generator.all_samples(teaching.NUM_SAMPLES, seed=0)
    return teaching.accuracy(
        (images.to_uint8(made.examples), made.labels),
        test,
        num_classes=generator.num_classes,
    )


def _own_scores(files: run_files.RunFiles) -> dict[str, object] | None:
    if not files.scores.exists():
        return None
    return score_text.read(files)["scores"]["released"]
