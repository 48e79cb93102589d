"""What a command prints at its end: a text, or one JSON object, and what next.

Results go to standard output, and what is said on the way, or about what may
follow, to standard error: a program can read the one without the other.
"""

import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from absl import flags

from dpgan_tf import errors


class Next(NamedTuple):
    """A command that a person may want to run next.

    Attributes:
      words: the command and its flags.
      why: what it does.
    """

    words: Sequence[str]
    why: str

    @property
    def line(self) -> str:
        """The command as it is typed."""
        return shlex.join([*_program(), *map(str, self.words)])


def define(flag_values: flags.FlagValues) -> None:
    """Define --json.

    Args:
      flag_values: the object to define it in.
    """
    flags.DEFINE_bool(
        "json",
        False,
        "Print the result as one JSON object, for programs.",
        flag_values=flag_values,
    )


def show(
    flag_values: flags.FlagValues,
    report: Mapping[str, Any],
    text: str,
    *,
    then: Sequence[Next] = (),
) -> None:
    """Print a result, and the commands that may follow.

    Args:
      flag_values: the parsed flags; --json chooses the form.
      report: the result as JSON values.
      text: the result for a person.
      then: commands that may follow.
    """
    if flag_values.json:
        lines = [command.line for command in then]
        print(json.dumps({**report, "next": lines}, indent=2))
        return
    print(text, flush=True)
    if then:
        print(f"\n{commands(then)}", file=sys.stderr)


def commands(then: Sequence[Next]) -> str:
    """Return commands as lines, each with its reason.

    Args:
      then: the commands.
    """
    width = max(len(command.line) for command in then)
    lines = [
        f"  {errors.printable(command.line):{width}}  # {command.why}"
        for command in then
    ]
    return "\n".join(["Next:", *lines])


def after_release(
    run_dir: str | os.PathLike, *, is_scored: bool, is_table: bool = False
) -> list[Next]:
    """Return what can be done with a finished run.

    Args:
      run_dir: the run's folder.
      is_scored: whether it has scores.
      is_table: whether its records are rows of a table.
    """
    run, output = f"--run_dir={run_dir}", "samples.npz"
    if is_table:
        output = "samples.csv"
    evaluate = Next(["evaluate", run], "all scores, some minutes")
    return [
        Next(
            ["generate", run, "--num_samples=10000", f"--output={output}"],
            "as many samples as you like",
        ),
        *([] if is_scored else [evaluate]),
        Next(["report", run], "one page with everything"),
        Next(["verify", run], "recompute the claim"),
    ]


def _program() -> list[str]:
    """Return how this program is called."""
    called = os.path.basename(sys.argv[0])
    return ["python", "-m", "dpgan_tf"] if called != "dpgan" else ["dpgan"]
