"""The flags of `python -m benchmarks.run`."""

from collections.abc import Callable

from absl import flags

from benchmarks import cases
from benchmarks import plan
from dpgan_tf.config.parts import learning

LISTS = {
    "kinds": (",".join(plan.KINDS), "Kinds of measurements."),
    "cases": (",".join(cases.CASES), "Critics for speed and memory."),
    "batches": ("16,64,256,1024", "Batch sizes for speed."),
    "presets": ("dpgan_mnist,mnist", "Presets for iterations."),
    "peers_cases": ("mnist", "Critics that the peers are measured on."),
    "recipes": ("quick", "Recipes of whole runs; `train --help` has them."),
    "settings": ("", "Settings of whole runs, as KEY=VALUE."),
    "packages": (
        ".",
        "Checkouts whose package takes the whole runs, in turns: .,OTHER "
        "compares this one with another commit.",
    ),
    "num_records": (
        "10000,100000,1000000",
        "Records of scales.",
    ),
    "sides": ("28,48,64", "Heights and widths of pictures, of scales."),
    "classes": ("2,10,100", "Numbers of classes, of scales."),
}
"""Flags with several values: defaults and descriptions."""

_SWITCHES = {
    "quick": "Three small cells, in three minutes.",
    "full": "All cells, or those that the flags below select; --kinds alone is "
    "enough for that.",
    "scores": "Whole runs also compute their scores, as `train` does for most "
    "recipes.",
}
_VALUES: tuple[tuple[Callable, str, object, str], ...] = (
    (
        flags.DEFINE_string,
        "out",
        None,
        "File of the results. Without this flag: "
        "benchmarks/results/quick.json or full.json. Cells in it with the same "
        "settings are not measured again; a file from another machine or "
        "commit is refused.",
    ),
    (
        flags.DEFINE_string,
        "peers_python",
        "",
        "Interpreter of an environment with benchmarks/requirements.txt, to "
        "also measure PyTorch and JAX, at batches 64 and 256. They are slow.",
    ),
    (
        flags.DEFINE_string,
        "data_dir",
        "data",
        "Folder of prepared data sets. Those of scales are written there, and "
        "removed.",
    ),
    (flags.DEFINE_string, "data", "mnist", "Data set of whole runs."),
    (flags.DEFINE_float, "epsilon", 4.0, "Epsilon of whole runs."),
    (
        flags.DEFINE_integer,
        "repeats",
        1,
        "Number of whole runs of each recipe, with other seeds.",
    ),
    (flags.DEFINE_integer, "threads", 2, "Number of cores for each library."),
    (
        flags.DEFINE_integer,
        "chunk_size",
        learning.Steps.chunk_size,
        "Largest number of records in a chunk, for private forms.",
    ),
    (
        flags.DEFINE_float,
        "limit_s",
        30.0,
        "Largest time of a vectorized step in seconds; slower cells are left "
        "out, and the tables say so.",
    ),
    (flags.DEFINE_integer, "most_rounds", 15, "Largest number of rounds."),
    (
        flags.DEFINE_float,
        "seconds",
        120.0,
        "Time of a cell in seconds, after which no round starts once there are "
        "five.",
    ),
)


def define() -> flags.FlagValues:
    """Return all flags with their defaults, not yet parsed."""
    values = flags.FlagValues()
    for name, text in _SWITCHES.items():
        flags.DEFINE_bool(name, False, text, flag_values=values)
    for name, (default, text) in LISTS.items():
        flags.DEFINE_list(name, default, text, flag_values=values)
    for define_one, name, default, text in _VALUES:
        define_one(name, default, text, flag_values=values)
    return values


def help_text(docstring: str, values: flags.FlagValues) -> str:
    """Return the help of a command and of each of its flags.

    Args:
      docstring: docstring of the command.
      values: its flags.
    """
    lines = [docstring.strip(), "", "Flags:"]
    for name in values:
        flag = values[name]
        default = (flag.default_as_str or "").strip("'")
        text = f"{flag.help} (default: {default})"
        shown = text if flag.default else flag.help
        lines += [f"  --{name}", flags.text_wrap(shown, 78, indent="      ")]
    return "\n".join(lines)
