r"""Count the work of a private step, and predict its time on many GPUs.

Counted per preset: floating-point operations on the critic's records, which
machines share, and of the fakes and the generator step, which they repeat;
bytes that machines exchange. Measured with --measure: iterations of `mnist` on
one machine and on two, one core each, alternating. Predicted: seconds on 1, 8
and 64 GPUs, with the assumed numbers in `GPU`.

Examples:
  python -m benchmarks.scaling
  python -m benchmarks.scaling --measure --out=runs/results/bench/scaling.json
"""

import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from absl import flags

from benchmarks import machine
from benchmarks import timing
from benchmarks import trainer
from dpgan_tf import progress
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import assembly
from dpgan_tf.run import data as run_data
from dpgan_tf.run import gans
from dpgan_tf.run import team as teams

SHAPES = {
    "dpgan_mnist": (28, 28, 1),
    "mnist": (28, 28, 1),
    "celeba": (48, 48, 3),
    "lsun_u": (64, 64, 3),
    "lsun_l": (64, 64, 3),
}
GPU = {
    "float32_flops": 2e13,
    "bytes_per_second_within_8": 3e11,
    "bytes_per_second_between": 2.5e10,
    "seconds_per_exchange": 1e-4,
    "gaussians_per_second": 1e10,
}
"""Assumed, not measured: a third of the peak of an accelerator of 2022."""

NUM_GPUS = (1, 8, 64)
_GROUP = 8  # GPUs of one machine.
_NUM_TURNS = 3
_ROUNDS = timing.Rounds(warm_up=3, least=12, most=12)
_FLOAT32, _FLOAT64 = 4, 8


def count(recipe: recipes.Recipe, shape: tuple[int, ...]) -> dict[str, float]:
    """Count the work of n_critic critic steps and a generator step.

    The critic's operations are those of the step without privacy; the extra
    cost of clipping is measured by `benchmarks.run`.

    Args:
      recipe: the preset's recipe.
      shape: shape of a picture.
    """
    form = records.Form(shape, num_classes=2)
    critic, generator = assembly.build_networks(recipe, form)
    model = gans.build_warm_start(recipe, form, critic, generator)

    def critic_gradient(examples, fakes, mixes):
        batch = {
            "examples": examples,
            "fakes": fakes[:, None],
            "mixes": mixes[:, None],
            "labels": None,
        }
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model.losses_of_records(batch))
        return tape.gradient(loss, critic.trainable_variables)

    def generator_gradient(latents):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(critic(generator(latents, training=True)))
        return tape.gradient(loss, generator.trainable_variables)

    latent = (recipe.networks.latent_dim,)
    batch_size = recipe.steps.expected_batch_size
    num_weights = critic.count_params()
    num_exchanged = (_FLOAT64 + _FLOAT32) * num_weights
    return {
        "critic_parameters": num_weights,
        "generator_parameters": generator.count_params(),
        "expected_batch_size": batch_size,
        "num_critic_steps": recipe.steps.num_critic_steps,
        "critic_gflops": recipe.steps.num_critic_steps
        * batch_size
        * _flops_of_one(critic_gradient, shape, shape, ())
        / 1e9,
        "fakes_gflops": recipe.steps.num_critic_steps
        * batch_size
        * _flops_of_one(lambda z: generator(z, training=True), latent)
        / 1e9,
        "generator_gflops": recipe.steps.generator_batch_size
        * _flops_of_one(generator_gradient, latent)
        / 1e9,
        "record_megabytes": recipe.steps.num_critic_steps
        * batch_size
        * _FLOAT32
        * float(np.prod(shape))
        / 1e6,
        "exchanged_megabytes": (
            recipe.steps.num_critic_steps * num_exchanged
            + _FLOAT32 * generator.count_params()
        )
        / 1e6,
    }


def _flops_of_one(function, *shapes):
    """Return the operations of one more row; a product and a sum are two."""
    found = []
    for rows in (8, 16):
        specs = [tf.TensorSpec([rows, *shape]) for shape in shapes]
        graph = tf.function(function, autograph=False)
        profiler = tf.compat.v1.profiler
        options = profiler.ProfileOptionBuilder(
            profiler.ProfileOptionBuilder.float_operation()
        )
        found.append(
            profiler.profile(
                graph.get_concrete_function(*specs).graph,
                options=options.with_empty_output().build(),
            ).total_float_ops
        )
    return (found[1] - found[0]) / 8


def predict(counted: dict[str, float], num_gpus: int) -> float:
    """Return the predicted seconds of an iteration.

    Args:
      counted: result of `count`.
      num_gpus: number of GPUs that share the records.
    """
    shared = counted["critic_gflops"] / num_gpus
    alone = counted["fakes_gflops"] + counted["generator_gflops"]
    seconds = (shared + alone) * 1e9 / GPU["float32_flops"]
    num_steps = counted["num_critic_steps"]
    seconds += (
        num_steps * counted["critic_parameters"] / GPU["gaussians_per_second"]
    )
    if num_gpus == 1:
        return seconds
    within = num_gpus <= _GROUP
    speed = GPU[f"bytes_per_second_{'within_8' if within else 'between'}"]
    sent = 2 * (num_gpus - 1) / num_gpus * counted["exchanged_megabytes"] * 1e6
    exchanges = 2 * num_steps + 1
    return seconds + sent / speed + exchanges * GPU["seconds_per_exchange"]


def measure(data_dir: str) -> dict[str, object]:
    """Time iterations of `mnist` on one machine and on two, alternating.

    Args:
      data_dir: folder of MNIST.

    Returns:
      Milliseconds of each turn, the speed-up of two machines by medians, and
      the efficiency, half of the speed-up.
    """
    found: dict[int, list[float]] = {1: [], 2: []}
    with progress.bar("turns", total=2 * _NUM_TURNS, unit="turn") as bar:
        for _ in range(_NUM_TURNS):
            for size in (1, 2):
                found[size].append(_milliseconds(size, data_dir))
                bar.update(1)
    one, two = (statistics.median(found[size]) for size in (1, 2))
    return {
        "what": "an iteration of preset mnist, each machine on one core",
        "ms_one": found[1],
        "ms_two": found[2],
        "speedup": one / two,
        "efficiency": one / two / 2,
    }


def _milliseconds(size, data_dir):
    """Return the median iteration time of a team of processes."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("localhost", 0))
        second.bind(("localhost", 0))
        ports = [s.getsockname()[1] for s in (first, second)]
    workers = [f"localhost:{port}" for port in ports[:size]]
    processes = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.scaling"),
                *(f"--member={index}", f"--data_dir={data_dir}"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ
            | {
                "OMP_NUM_THREADS": "1",
                "TF_NUM_INTRAOP_THREADS": "1",
                "TF_CONFIG": json.dumps(
                    {
                        "cluster": {"worker": workers},
                        "task": {"type": "worker", "index": index},
                    }
                ),
            },
        )
        for index in range(size)
    ]
    found = []
    for process in processes:
        output, error = process.communicate()
        if process.returncode:
            raise RuntimeError(f"a machine failed: {error[-1000:]}")
        found.append(json.loads(output)["ms"])
    return max(found)


def take_part(index: int, data_dir: str) -> None:
    """Run iterations as one machine on one core; print their median.

    Args:
      index: number of the machine.
      data_dir: folder of MNIST.
    """
    os.sched_setaffinity(0, {index})
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf_config = os.environ["TF_CONFIG"]
    several = len(json.loads(tf_config)["cluster"]["worker"]) > 1
    team = teams.make(
        "multi_worker" if several else "none",
        tf_config=tf_config,
        trusted_network=several,
    )
    recipe = presets.get("mnist")
    data = run_data.load(recipe, data_dir=data_dir)
    model, batches = trainer.build(recipe, data, team)
    with team.scope():
        step = trainer.whole(model, batches)
    times = timing.interleave({"whole": step}, _ROUNDS)["whole"]
    print(json.dumps({"ms": statistics.median(times)}))


def main(argv: Sequence[str] | None = None) -> int:
    """Count, measure with --measure, and print.

    Args:
      argv: flags; None takes them from the command line.
    """
    values = _parse([sys.argv[0], *(sys.argv[1:] if argv is None else argv)])
    if values.member is not None:
        take_part(values.member, values.data_dir)
        return 0
    found: dict[str, object] = {"gpu_assumed": GPU, "presets": {}}
    for name, shape in SHAPES.items():
        counted = count(presets.get(name), shape)
        seconds = {str(n): predict(counted, n) for n in NUM_GPUS}
        found["presets"][name] = counted | {"predicted_seconds": seconds}
    if values.measure:
        found["measured"] = measure(values.data_dir)
    found["machine"] = machine.describe(peers_python="")
    print(json.dumps(found, indent=1))
    if values.out:
        pathlib.Path(values.out).write_text(json.dumps(found, indent=1) + "\n")
    return 0


def _parse(argv):
    values = flags.FlagValues()
    flags.DEFINE_bool(
        "measure", False, "Time one machine and two.", flag_values=values
    )
    flags.DEFINE_integer(
        "member", None, "Number of this machine.", 0, flag_values=values
    )
    flags.DEFINE_string(
        "data_dir", "data", "Folder of MNIST.", flag_values=values
    )
    flags.DEFINE_string("out", None, "File for results.", flag_values=values)
    values(argv)
    return values


if __name__ == "__main__":
    sys.exit(main())
