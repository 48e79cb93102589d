"""What the commands of the benchmarks have in common."""

import sys
from collections.abc import Callable, Sequence

from absl import flags

from dpgan_tf import errors

EXIT_OK, EXIT_FAILED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 0, 1, 2, 130
_HELP = ("--help", "-help", "-h", "--helpfull")


def asks_for_help(arguments: Sequence[str]) -> bool:
    """Return whether one of the arguments is a help flag.

    Args:
      arguments: arguments of the command line.
    """
    return any(argument in _HELP for argument in arguments)


def exit_status(
    name: str, work: Callable[[list[str]], int], argv: Sequence[str] | None
) -> int:
    """Return a command's exit status, after bad input or Ctrl-C, too.

    Args:
      name: name of the command, before its errors.
      work: what to do with the arguments; returns an exit status.
      argv: arguments; None takes them from the command line.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return work(arguments)
    except KeyboardInterrupt:
        print("interrupted; the same command continues.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except (errors.UserError, flags.Error, OSError) as error:
        print(f"{name}: error: {errors.first_line(error)}", file=sys.stderr)
        return EXIT_BAD_INPUT
