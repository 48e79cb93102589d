"""The flags of `python -m benchmarks.run`."""

from collections.abc import Callable

from absl import flags

from benchmarks import cases
from benchmarks import plan
from dpgan_tf.config.parts import learning

LISTS = {
    "kinds": (",".join(plan.KINDS), "What to measure."),
    "cases": (",".join(cases.CASES), "Critics, for speed and memory."),
    "batches": ("16,64,256,1024", "Numbers of records, for the speed."),
    "presets": ("dpgan_mnist,mnist", "Presets, for the iterations."),
    "peers_cases": ("mnist", "Critics that the peers take part in."),
}
"""Flags of several values: their defaults and what they mean."""

_SWITCHES = {
    "quick": "Three small cells, within three minutes.",
    "full": "All cells, or those that the flags below choose.",
}
_VALUES: tuple[tuple[Callable, str, object, str], ...] = (
    (
        flags.DEFINE_string,
        "out",
        None,
        "File of the results, benchmarks/results/quick.json or full.json "
        "without it. Cells that are in it, with the same settings, are not "
        "measured again; numbers of another machine or commit are refused.",
    ),
    (
        flags.DEFINE_string,
        "peers_python",
        "",
        "Interpreter of an environment with benchmarks/requirements.txt: "
        "takes PyTorch and JAX along, at batches 64 and 256. They are slow.",
    ),
    (
        flags.DEFINE_string,
        "data_dir",
        "data",
        "Folder of prepared data sets, for the iterations.",
    ),
    (flags.DEFINE_integer, "threads", 2, "Cores that everybody may use."),
    (
        flags.DEFINE_integer,
        "chunk_size",
        learning.Steps.chunk_size,
        "Records in a chunk at most, for the private forms.",
    ),
    (
        flags.DEFINE_float,
        "limit_s",
        30.0,
        "Seconds that a step of the vectorized engine may take; where it "
        "would take longer, it is left out, and the tables say so.",
    ),
    (flags.DEFINE_integer, "most_rounds", 15, "Rounds of a cell at most."),
    (
        flags.DEFINE_float,
        "seconds",
        120.0,
        "No round of a cell begins after this time, once there were five.",
    ),
)


def define() -> flags.FlagValues:
    """Return all flags with their defaults, not parsed yet."""
    values = flags.FlagValues()
    for name, text in _SWITCHES.items():
        flags.DEFINE_bool(name, False, text, flag_values=values)
    for name, (default, text) in LISTS.items():
        flags.DEFINE_list(name, default, text, flag_values=values)
    for define_one, name, default, text in _VALUES:
        define_one(name, default, text, flag_values=values)
    return values


def help_text(docstring: str) -> str:
    """Return the help of the command and of each flag.

    Args:
      docstring: of the command.
    """
    lines = [docstring.strip(), "", "Flags:"]
    values = define()
    for name in values:
        flag = values[name]
        default = (flag.default_as_str or "").strip("'")
        text = f"{flag.help} (default: {default})"
        shown = text if flag.default else flag.help
        lines += [f"  --{name}", flags.text_wrap(shown, 78, indent="      ")]
    return "\n".join(lines)
