"""Flags of `schema` that learn bounds from private rows, with noise."""

import pathlib

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import quiet
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.run import public_facts

_NEEDED = ("schema", "epsilon", "records")
_BESIDE = (*_NEEDED, "delta")


def define(flag_values: flags.FlagValues) -> None:
    """Define these flags.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_bool(
        "private",
        False,
        'Whether to learn the bounds of the columns with "bounds": "private" '
        "of --schema from the rows of FILE, with noise that epsilon covers.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "schema",
        None,
        "With --private: the schema, with public limits of these columns.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "epsilon",
        None,
        "With --private: what the bounds may cost. It is part of the epsilon "
        "of each run with them: a fifth of that is usual.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "delta",
        None,
        "With --private: delta of that epsilon; by default as for `train`.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "records",
        None,
        "With --private: the declared number of records, or of persons if the "
        "schema has a unit, as for `train`.",
        flag_values=flag_values,
    )


def require_together(flag_values: flags.FlagValues) -> None:
    """Refuse some of these flags without the others.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: naming the flag.
    """
    if not flag_values.private:
        for name in _BESIDE:
            if flag_values[name].value is not None:
                raise errors.UserError(
                    f"--{name}: is for bounds that are learnt; give --private, "
                    "too, or leave it out."
                )
        return
    if flag_values.public:
        raise errors.UserError(
            "--private, --public: rows are one of them; leave out the other."
        )
    for name in _NEEDED:
        if flag_values[name].value is None:
            raise errors.UserError(
                f"--private: needs --{name}; see `schema --help`."
            )
    if flag_values.records < 2:
        raise errors.UserError(
            f"--records={flag_values.records}: expected 2 or more."
        )


def learn(flag_values: flags.FlagValues, path: pathlib.Path) -> schemas.Schema:
    """Return the schema with bounds that were learnt, and say what they cost.

    Args:
      flag_values: the parsed flags, with all that is needed.
      path: the table.

    Raises:
      UserError: for files or numbers that cannot be used.
    """
    delta = flag_values.delta
    if delta is None:
        delta = public_facts.delta(flag_values.records)
    target = plans.Target(
        epsilon=flag_values.epsilon, delta=delta, accountant="pld"
    )
    wide_limits = quiet.import_module("dpgan_tf.data.tables.wide_limits")
    learnt_bounds = quiet.import_module("dpgan_tf.run.learnt_bounds")
    schema = learnt_bounds.learn(
        path,
        wide_limits.read(flag_values.schema),
        target=target,
        num_records=flag_values.records,
    )
    progress.note(
        f"Bounds were learnt with epsilon {target.epsilon:g} at delta "
        f"{target.delta:g}. Runs with this schema pay for it; drafts that are "
        "shown and not used are paid for by nobody: their epsilons add up."
    )
    return schema
