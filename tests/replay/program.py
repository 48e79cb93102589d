"""One run, in a process of its own: `run.py` starts it.

Usage: program.py FAMILY ROLE FOLDER [GIVEN]. The record that is left out is
that of ROLE, or none for "everyone". What is released is written to FOLDER.npz,
and taken from the file GIVEN if there is one.
"""

import contextlib
import os
import pathlib
import sys
from unittest import mock

import tensorflow as tf

from dpgan_tf.data import checks
from dpgan_tf.run import team as teams
from dpgan_tf.run import training
from tests.replay import data_sets
from tests.replay import families
from tests.replay import hooks
from tests.replay import releases
from tests.run import test_own_networks_run as own

EVERYONE = "everyone"


def main() -> None:
    """Train as the command line says."""
    name, role, folder, *given = sys.argv[1:]
    family = families.ALL[name]
    place = pathlib.Path(folder).resolve()
    # Kernels that run at once must not add in the order in which they end.
    tf.config.experimental.enable_op_determinism()
    exchange = hooks.Exchange(pathlib.Path(given[0]) if given else None)
    (place / "data").mkdir(parents=True)
    os.chdir(place)
    _train(family, None if role == EVERYONE else role, exchange)
    releases.write(place.with_name(place.name + ".npz"), exchange.taken)


def _train(family: families.Family, role: str | None, exchange) -> None:
    everyone = family.records()
    records = everyone.without(role)
    family.write(records)
    with contextlib.ExitStack() as stack:
        for patch in (
            exchange.patched(),
            hooks.same_entropy(),
            hooks.same_day(),
            hooks.no_fingerprint(),
        ):
            stack.enter_context(patch)
        if family.is_poisoned:
            stack.enter_context(
                mock.patch.object(checks, "_check_float_pixels")
            )
        recipe = family.recipe()
        stack.enter_context(
            hooks.drawn_alike(
                probability=recipe.sampling_probability,
                num=len(everyone.numbers),
                special=[everyone.place(each) for each in data_sets.ROLES],
                missing=None if role is None else everyone.place(role),
            )
        )
        training.train(
            recipe,
            run_dir="run",
            data_dir="data",
            team=_team(family),
            with_scores=family.with_scores,
            **_networks(family),
        )


def _team(family: families.Family) -> teams.Team:
    if family.num_replicas == 1:
        return teams.ALONE
    devices = [f"CPU:{i}" for i in range(family.num_replicas)]
    return teams.make(teams.MIRRORED, devices=devices)


def _networks(family: families.Family) -> dict:
    if not family.has_own_networks:
        return {}
    return {"critic": own.critic, "generator": own.generator}


if __name__ == "__main__":
    main()
