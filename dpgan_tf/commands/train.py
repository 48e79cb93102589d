r"""Train a private GAN and write its release, or continue a run.

Say what the records are and how much may be told about one of them:
  python -m dpgan_tf train mnist --epsilon=4
  python -m dpgan_tf train scans.npz --epsilon=2 --records=20000 --classes=10
  python -m dpgan_tf train portraits --epsilon=4 --records=40000 --size=32

DATA is a name (mnist, fashion_mnist: fetched if needed), an .npz or .npy file,
a folder of pictures (brought to --size first), prepared pictures, or a table.
What the release shows of the records is declared, never counted: their number
(--records) and that of their classes (--classes, or --nolabels). Known data
sets declare both; for others a rounded number is proposed. No record is public
unless you say so, with --public_fraction or --public.

A table is a CSV or Parquet file of counts; or its columns are declared by a
schema, which `schema FILE` drafts, and have categories, numbers, dates, codes:
  python -m dpgan_tf train visits.csv --schema=schema.json --epsilon=2 \
      --records=2100 --outside=clip

Where one person gave several records, --records_per_person=5 makes the person
the unit of privacy, with five records at most; --records counts persons then.
An array units in an .npz file says whose record each is, --unit_column=NAME of
a table, or the folder that a picture lies in:
  python -m dpgan_tf train scans.npz --epsilon=4 --records=3000 \
      --records_per_person=5

--recipe=auto, the default, chooses everything else by what is publicly known of
the records; quick takes two minutes; the names of presets reproduce papers:
  python -m dpgan_tf train mnist --epsilon=4 --recipe=quick
  python -m dpgan_tf train mnist --recipe=mnist --epsilon=1 --epochs=20

A run takes a private summary, or warms up on public records; trains the critic
on private records under differential privacy until its budget is spent; and
writes a release: the generator, its privacy claim, a model card and a picture
of samples. Only RUN_DIR/release may be published. RUN_DIR/private holds what
was computed from private records without noise: losses, scores, checkpoints.

After Ctrl-C, SIGTERM or a closed terminal, the same command continues where it
stopped; so does `train --run_dir=DIR` alone, from any working folder. The
exception is a stop while the private summary is computed: that epsilon is
spent, and a new run must be started. Every noisy step is recorded on disk as
charged before its noise is drawn, so that no crash leaves a step uncharged.

Without DATA, a preset or the config.json of a run says what the records are.
Most presets take a random 2% of them as public: they are used without noise,
and the claim does not cover them.

Examples:
  python -m dpgan_tf train --preset=mnist --run_dir=runs/mnist
  python -m dpgan_tf train --run_dir=runs/mnist
  python -m dpgan_tf train --config=runs/mnist/config.json --run_dir=runs/two
  python -m dpgan_tf train --preset=mnist --run_dir=runs/tight --epsilon=1 \
      --set steps.num_steps=500 --set steps.expected_batch_size=512
  python -m dpgan_tf train --preset=mnist_surrogate --run_dir=runs/fashion \
      --set data.source=fashion_mnist --epsilon=1 --plan

--budget=FILE charges the run to one budget for all runs on the same records,
which `budget FILE --create` makes; a run that would exceed it is refused:
  python -m dpgan_tf budget mnist.budget --create --epsilon=8 --delta=1e-6
  python -m dpgan_tf train mnist --epsilon=4 --budget=mnist.budget

--set budget=none trains a GAN with the same networks without privacy, for
comparison; nothing is released then.

On several machines, each with a copy of the data set under --data_dir:
  TF_CONFIG='{"cluster": {"worker": ["host0:2222", "host1:2222"]},
              "task": {"type": "worker", "index": 0}}' \
      python -m dpgan_tf train --preset=mnist --strategy=multi_worker \
      --trusted_network
and the same with index 1 on host1. host0 is the chief: it holds the run
directory. First close the ports to others, by a firewall, a network namespace
or a tunnel between the machines: TensorFlow's server listens on all interfaces,
even if TF_CONFIG says localhost. It asks for no password, and anyone who
connects can read and write your files.

`presets` lists the presets and explains every key that --set accepts.
"""

import os
import pathlib
import sys

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import quiet
from dpgan_tf import run_files
from dpgan_tf.commands import results
from dpgan_tf.commands import train_flags
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.run import clusters
from dpgan_tf.run import supervision

ARGUMENT = "data"


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    train_flags.define(flag_values)
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> int | None:
    """Train, and print the claim, the scores and where the generator is.

    Args:
      flag_values: the parsed flags.

    Returns:
      The exit status of the process that trained, if it was another one.

    Raises:
      UserError: for settings or files that cannot be used.
      PrivacyError: if no privacy claim can be made.
    """
    recipe = train_flags.read_recipe(flag_values)
    run_dir = flag_values.run_dir or _usual_folder(flag_values, recipe)
    _require_fitting(flag_values, recipe)
    if flag_values.strategy == "multi_worker":
        status = _supervised(flag_values)
        if status is not None:
            return status
    if "tensorflow" not in sys.modules:
        progress.note("starting TensorFlow")
    found = _places(flag_values, recipe, run_dir)
    places = {"run_dir": run_dir, "data_dir": found.data_dir}
    if recipe.budget is None:
        _train_without_privacy(flag_values, recipe, **places)
        return None
    # Imported now, so that a wrong setting is reported without TensorFlow.
    training = quiet.import_module("dpgan_tf.run.training")
    front_door = quiet.import_module("dpgan_tf.run.front_door")
    strategies = quiet.import_module("dpgan_tf.run.team")
    if flag_values.plan:
        recipe = _planned(recipe, found)
    team = strategies.make(
        flag_values.strategy,
        devices=flag_values.devices,
        tf_config=os.environ.get("TF_CONFIG"),
        trusted_network=flag_values.trusted_network,
    )
    with strategies.losses_explained(team):
        if team.is_chief:
            files = training.train(
                recipe,
                team=team,
                dataset_path=found.dataset,
                with_scores=front_door.is_scored(recipe),
                register=flag_values.budget,
                **places,
            )
            _show(flag_values, files)
            return None
        training.follow(recipe, data_dir=found.data_dir, team=team)
    progress.note("This machine's part is done; the chief writes the release.")
    return None


def _usual_folder(flag_values: flags.FlagValues, recipe: recipes.Recipe) -> str:
    if flag_values.data is None:
        return f"runs/{recipe.name}"
    front_door = quiet.import_module("dpgan_tf.run.front_door")
    return front_door.run_dir(flag_values.data, recipe)


def _require_fitting(
    flag_values: flags.FlagValues, recipe: recipes.Recipe
) -> None:
    """Refuse flags that contradict each other or the configuration."""
    several = flag_values.strategy == "multi_worker"
    if flag_values.trusted_network and not several:
        raise errors.UserError(
            "--trusted_network: has no effect without --strategy=multi_worker; "
            "leave it out."
        )
    if recipe.budget is not None:
        return
    if flag_values.strategy != "none":
        raise errors.UserError(
            f"--strategy={flag_values.strategy}: is for private steps, "
            "and budget=none has none; leave one of them out."
        )
    for name in ("plan", "budget"):
        if flag_values[name].value:
            raise errors.UserError(
                f"--{name}: is for a budget, and budget=none has none; leave "
                "one of them out."
            )


def _supervised(flag_values: flags.FlagValues) -> int | None:
    """Return None in the process that trains, else its exit status."""
    text = os.environ.get("TF_CONFIG")
    addresses, number = clusters.read_tf_config(text)
    clusters.require_trusted(flag_values.trusted_network)
    return supervision.begin(f"machine {number} of {len(addresses)}")


def _places(flag_values: flags.FlagValues, recipe: recipes.Recipe, run_dir):
    """Return where the records are; an existing run remembers its own.

    Raises:
      UserError: if they are no longer there.
    """
    run_places = quiet.import_module("dpgan_tf.run.places")
    files = run_files.RunFiles(pathlib.Path(run_dir))
    if flag_values.dataset is not None and not files.config.exists():
        raise errors.UserError(
            f"--dataset={flag_values.dataset}: is for continuing a run, and "
            f"there is none in {run_dir}; use --set data.source=PATH."
        )
    return run_places.find(
        files,
        recipe.data.source,
        dataset=flag_values.dataset,
        data_dir=flag_values.data_dir,
    )


def _planned(recipe: recipes.Recipe, places) -> recipes.Recipe:
    plan = quiet.import_module("dpgan_tf.run.plan")
    run_data = quiet.import_module("dpgan_tf.run.data")
    data = run_data.load(
        recipe, data_dir=places.data_dir, dataset_path=places.dataset
    )
    form = data.dataset.form
    chosen = plan.choose(recipe, form)
    keys = ["steps.expected_batch_size", "steps.num_steps"]
    if chosen.has_guide:
        keys.append("summary.guide_steps")
    settings = [f"{key}={kinds.get(chosen, key)}" for key in keys]
    progress.note(f"Planned: {', '.join(settings)}.")
    return chosen


def _show(flag_values: flags.FlagValues, files: run_files.RunFiles) -> None:
    """Show what came out, and what can be done with it."""
    outcome = quiet.import_module("dpgan_tf.commands.outcome")
    results.show(
        flag_values,
        outcome.report(files),
        outcome.text(files),
        then=results.after_release(
            files.root,
            is_scored=outcome.is_scored(files),
            is_table=outcome.is_table(files),
        ),
    )


def _train_without_privacy(
    flag_values: flags.FlagValues, recipe: recipes.Recipe, *, run_dir, data_dir
) -> None:
    """Train on all records without noise; release and claim nothing."""
    baselines = quiet.import_module("dpgan_tf.run.baselines")
    from dpgan_tf.evaluation import score_text

    kind = baselines.NON_PRIVATE
    files = baselines.train(
        recipe,
        kind=kind,
        num_generator_steps=recipe.steps.num_steps
        // recipe.steps.num_critic_steps,
        run_dir=run_dir,
        data_dir=data_dir,
    )
    report = baselines.score(recipe, files, kind=kind, data_dir=data_dir)
    generator = errors.printable(files.warm_start_generator)
    results.show(
        flag_values,
        {
            "run_dir": str(files.root),
            "release_dir": None,
            "generator": str(files.warm_start_generator),
            "scores": report["scores"],
        },
        f"{score_text.text(report)}\n\nTrained WITHOUT privacy: nothing is "
        "released and nothing is claimed.\nGenerator, not for publication: "
        f"{generator}",
    )
