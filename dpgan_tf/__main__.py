"""Run a command: `python -m dpgan_tf COMMAND [flags]`, or `dpgan COMMAND`.

A command is a module of `dpgan_tf.commands` with `define_flags(flag_values)`
and `run(flag_values)`; its docstring is its help. `ARGUMENT` names the flag, if
there is one, whose value may stand alone. Modules are imported when needed, so
that commands without TensorFlow start quickly.
"""

import ast
import contextlib
import difflib
import errno
import logging
import os
import pathlib
import signal
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType

from absl import flags

import dpgan_tf
from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf import quiet
from dpgan_tf.commands import path_flags
from dpgan_tf.privacy import errors as privacy_errors

COMMANDS = (
    "quick",
    "train",
    "generate",
    "evaluate",
    "report",
    "table",
    "figure",
    "account",
    "budget",
    "export",
    "verify",
    "audit",
    "prepare-data",
    "schema",
    "presets",
)
EXIT_OK, EXIT_BAD_INPUT = 0, 2
EXITS_INTERRUPTED = {number: 128 + number for number in interrupts.SIGNALS}
"""As in shells: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""

_HELP_FLAGS = ("--help", "-help", "-h", "--helpfull", "help")
_LONGEST_MESSAGE = 10_000
_REMEDIES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EFBIG: "raise the limit of a file's size (ulimit -f)",
}
"""Remedies for a full disk, a used-up quota and a file-size limit."""


def run() -> None:
    """Run the command of the command line and exit.

    After a failure or an interrupt the process exits at once: a normal exit
    would wait for TensorFlow threads that may never end.
    """
    status = main()
    if status == EXIT_OK:
        sys.exit(status)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
      argv: the command and its flags; None takes them from the command line.

    Returns:
      0, or what the command returned; 2 for bad input; the status in
      `EXITS_INTERRUPTED` if a signal stopped it.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    asked: list[int] = []
    try:
        with interrupts.heeded() as asked:
            status = _dispatch(arguments)
            sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        number = asked[0] if asked else signal.SIGINT
        return _fail("interrupted.", status=EXITS_INTERRUPTED[number])
    except BrokenPipeError:
        # The reader (`| head`) has what it wants; do not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except (
        errors.UserError,
        privacy_errors.PrivacyError,
        flags.Error,
    ) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(_describe_os_error(error))
    except Exception as error:
        # TensorFlow reports a full disk with its own errors: FILE; REASON.
        for number in _REMEDIES:
            name, reason, _ = str(error).partition(os.strerror(number))
            if reason:
                name = name.rstrip("; ") or None
                return _fail(_describe_full_disk(number, name))
        raise


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in _HELP_FLAGS:
        print(_overview())
        return EXIT_OK
    if arguments[0] == "--version":
        print(f"dpgan_tf {dpgan_tf.__version__}")
        return EXIT_OK
    name = arguments[0]
    if name not in COMMANDS:
        raise errors.UserError(_unknown(name))
    _prepare_libraries()
    command = quiet.import_module(f"dpgan_tf.commands.{_module(name)}")
    flag_values = flags.FlagValues()
    command.define_flags(flag_values)
    if any(argument in _HELP_FLAGS for argument in arguments[1:]):
        print(_command_help(name, command, flag_values))
        return EXIT_OK
    _parse(name, command, flag_values, arguments[1:])
    path_flags.check(name, flag_values)
    return command.run(flag_values) or EXIT_OK


def _parse(
    name: str,
    command: ModuleType,
    flag_values: flags.FlagValues,
    arguments: list[str],
) -> None:
    """Parse flags in any order; one value may be given without its name."""
    flag_values.set_gnu_getopt(True)
    left_over = flag_values([name, *arguments])[1:]
    named = getattr(command, "ARGUMENT", None)
    if left_over and named and not flag_values[named].present:
        flag_values[named].parse(left_over.pop(0))
        flag_values[named].using_default_value = False
    if left_over:
        raise errors.UserError(
            f"{name}: unexpected argument {left_over[0]!r}; flags are written "
            f"--name=value, see `{name} --help`."
        )


def _prepare_libraries() -> None:
    # Libraries read absl's global flags, which this program does not parse.
    if not flags.FLAGS.is_parsed():
        flags.FLAGS.mark_as_parsed()
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    # Its warnings are about loops and shuffles that users did not write.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="keras")


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [
        f"  {name:{width}}  {_summary(name)}".rstrip() for name in COMMANDS
    ]
    return "\n".join(
        [
            "Differentially private GANs, from training to a checked release.",
            "",
            "Usage: python -m dpgan_tf COMMAND [--flag=value ...]",
            "",
            *lines,
            "",
            "  dpgan quick                       # MNIST, two minutes",
            "  dpgan train mnist --epsilon=4     # the best that we know",
            "  dpgan train scans.npz --epsilon=2 --records=20000",
            "  dpgan schema visits.csv           # declare a table's columns",
            "",
            "`python -m dpgan_tf COMMAND --help` explains one command.",
        ]
    )


def _summary(name: str) -> str:
    """Return the first docstring line of a command without importing it."""
    folder = pathlib.Path(__file__).parent / "commands"
    source = folder / f"{_module(name)}.py"
    docstring = ast.get_docstring(ast.parse(source.read_text())) or ""
    return docstring.split("\n")[0]


def _command_help(
    name: str, command: ModuleType, flag_values: flags.FlagValues
) -> str:
    lines = [(command.__doc__ or "").strip(), "", "Flags:"]
    for flag_name in flag_values:
        flag = flag_values[flag_name]
        default = "" if flag.default is None else f" (default: {flag.default})"
        lines.append(f"  --{flag_name}")
        text = f"{flag.help}{default}"
        lines.append(flags.text_wrap(text, 78, indent="      "))
    return "\n".join([f"Usage: python -m dpgan_tf {name} [flags]", "", *lines])


def _module(name: str) -> str:
    return name.replace("-", "_")


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"use {', '.join(COMMANDS)}."
    kind = "flag before a command" if name.startswith("-") else "command"
    return f"unknown {kind} {name!r}; {hint}"


def _describe_os_error(error: OSError) -> str:
    if error.errno in _REMEDIES:
        return _describe_full_disk(error.errno, error.filename)
    text = error.strerror or str(error) or type(error).__name__
    return f"{_named(error.filename, text)}."


def _describe_full_disk(number: int, filename: object) -> str:
    text = _named(filename, os.strerror(number))
    return f"{text}: {_REMEDIES[number]}, then run the same command again."


def _named(filename: object, text: str) -> str:
    return f"{filename}: {text}" if filename is not None else text


def _fail(message: str, *, status: int = EXIT_BAD_INPUT) -> int:
    text = " ".join(message.split())
    line = errors.printable(text, largest=_LONGEST_MESSAGE)
    with contextlib.suppress(OSError):  # The terminal may be closed.
        print(f"dpgan: error: {line}", file=sys.stderr)
    return status


if __name__ == "__main__":
    run()
