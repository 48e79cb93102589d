r"""Keep one budget for all runs on the same records, and show what is left.

A data owner says once how much may be told about one record (or one person) by
everything that is ever trained on the records. A file, the register, holds this
policy and every run's share of it:

  python -m dpgan_tf budget mnist.budget --create --epsilon=8 --delta=1e-6
  python -m dpgan_tf train mnist --epsilon=4 --budget=mnist.budget
  python -m dpgan_tf budget mnist.budget

`train --budget=FILE` charges the run's whole budget in the file before anything
of it is spent, and refuses a run with which all runs together would exceed the
policy. Together they cost less than the sum of their epsilons: their privacy
losses are composed. A crashed, lost or deleted run stays charged; a finished
run gives back the steps that it did not take.

The register knows the records by a salted hash: those of the first run, or of
--data. Records in another form (pictures of another size) are other bytes; say
with --data that they are the same.

The total holds if no run's settings were chosen by what earlier runs had shown.
If they may be, create the register with --adaptive: its refusals then hold for
any choice, and each run costs more. Keep the file where nobody sets it back to
an older copy, and never continue two copies of one run's folder. What nobody
can count: runs without --budget, and other copies of the data.

Examples:
  A policy about persons with at most 5 records each:
    python -m dpgan_tf budget scans.budget --create --epsilon=3 --delta=1e-6 \
        --most_records_per_unit=5
  A run that was made without a register:
    python -m dpgan_tf budget mnist.budget --add=runs/mnist
  A run that will not be continued gives back what it has not spent:
    python -m dpgan_tf budget mnist.budget --settle=runs/broken
"""

import pathlib

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import quiet
from dpgan_tf.commands import budget_text
from dpgan_tf.commands import results
from dpgan_tf.privacy.register import entries as register_entries
from dpgan_tf.privacy.register import policy as policies
from dpgan_tf.privacy.register import register as registers
from dpgan_tf.privacy.register import room as rooms

ARGUMENT = "file"

_ACTIONS = ("create", "add", "settle")
_OF_CREATION = ("epsilon", "delta", "most_records_per_unit", "adaptive")


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    text, real = flags.DEFINE_string, flags.DEFINE_float
    known = (
        (text, "file", None, "The register; `budget FILE` says the same."),
        (flags.DEFINE_bool, "create", False, "Write a new register."),
        (real, "epsilon", None, "Epsilon of all runs together."),
        (real, "delta", None, "Delta of all runs together, below 1 / records."),
        (
            flags.DEFINE_integer,
            "most_records_per_unit",
            1,
            "Most records of a person, if a person is what is protected; runs "
            "must have the same data.most_records_per_unit.",
        ),
        (
            flags.DEFINE_bool,
            "adaptive",
            False,
            "Allow that a run's settings are chosen by what earlier runs "
            "showed; each run costs more.",
        ),
        (
            text,
            "data",
            None,
            "Name or path of the records, or of another form of them. Without "
            "this flag: those of the first run.",
        ),
        (text, "data_dir", "data", "Folder of named data sets."),
        (text, "add", None, "Folder of a run that was begun without --budget."),
        (text, "settle", None, "Folder of a run that will not go on."),
    )
    for define, name, default, help_text in known:
        define(name, default, help_text, flag_values=flag_values)
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Do what is asked for, and show the register.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: for flags that are missing or contradict each other.
      PrivacyError: if the register cannot be used.
    """
    path = _require_fitting(flag_values)
    if flag_values.create:
        registers.create(path, _policy(flag_values))
    if flag_values.data is not None:
        _add_records(path, flag_values)
    for name in ("add", "settle"):
        if flag_values[name].value is not None:
            _enter(name, path, flag_values[name].value)
    _show(flag_values, registers.read(path))


def _require_fitting(flag_values: flags.FlagValues) -> str:
    path = flag_values.file
    if path is None:
        raise errors.UserError(
            "FILE: missing; name the register, such as `budget mnist.budget`."
        )
    asked = [name for name in _ACTIONS if flag_values[name].value]
    if len(asked) > 1:
        raise errors.UserError(f"--{', --'.join(asked)}: give one of them.")
    for name in _OF_CREATION:
        if flag_values[name].present and not flag_values.create:
            raise errors.UserError(
                f"--{name}: is said once, with --create; a policy is never "
                "changed. Leave it out, or create another register."
            )
    return path


def _policy(flag_values: flags.FlagValues) -> policies.Policy:
    for name in ("epsilon", "delta"):
        if flag_values[name].value is None:
            raise errors.UserError(
                f"--{name}: missing; a register has a policy, such as "
                "--epsilon=8 --delta=1e-6."
            )
    make = policies.adaptive if flag_values.adaptive else policies.Policy
    return make(
        epsilon=flag_values.epsilon,
        delta=flag_values.delta,
        most_records_per_unit=flag_values.most_records_per_unit,
    )


def _add_records(path: str, flag_values: flags.FlagValues) -> None:
    sources = quiet.import_module("dpgan_tf.data.sources")
    reservations = quiet.import_module("dpgan_tf.run.reservations")
    with progress.waiting("reading the records"):
        dataset = sources.load(flag_values.data, data_dir=flag_values.data_dir)
    with registers.opened(path) as book:
        book.add_records(
            reservations.fingerprint_of(dataset, salt=book.entries.salt)
        )


def _enter(action: str, path: str, run_dir: str) -> None:
    if not pathlib.Path(run_dir).is_dir():
        raise errors.UserError(f"--{action}={run_dir}: no such folder.")
    enrolment = quiet.import_module("dpgan_tf.run.enrolment")
    getattr(enrolment, action)(run_dir, register=path)


def _show(
    flag_values: flags.FlagValues, chain: register_entries.Entries
) -> None:
    with progress.waiting("pricing all runs together"):
        room = rooms.of(chain)
    then = []
    if room.left > 0:
        train = ["train", "DATA", "--epsilon=E", f"--budget={flag_values.file}"]
        then = [results.Next(train, "a run that is charged to it")]
    results.show(
        flag_values,
        budget_text.report(chain, room),
        budget_text.text(chain, room),
        then=then,
    )
