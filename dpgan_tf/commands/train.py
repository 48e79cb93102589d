r"""Train a private GAN and release its generator; or go on with a run.

A preset says everything about a run: data, networks, budget, schedule. The
run warms up on public records, or on surrogates of a private summary, or not at
all; trains the critic on private records under differential privacy until its
budget is spent; and writes a release: the generator, its privacy claim, a model
card and a picture of samples.

Most presets take a random 2% of the records as public: they are used without
noise, and the claim is not for them. Where none may be, give
--set data.public_fraction=0 with a preset that needs none: mnist_basic or
mnist_surrogate.

Stop it with Ctrl-C, SIGTERM or a closed terminal, and the same command goes on
where it was; so does `train --run_dir=DIR` alone, from any working folder. Not
so while a private summary is taken: that epsilon is spent, and the run must be
begun anew. Every noisy step is on disk as charged before its noise is drawn: no
crash loses budget.

Only RUN_DIR/release may be published. RUN_DIR/private holds what was computed
from private records without noise: loss curves, norms, scores, checkpoints.

Examples:
  python -m dpgan_tf train --preset=mnist --run_dir=runs/mnist
  python -m dpgan_tf train --run_dir=runs/mnist
  python -m dpgan_tf train --config=runs/mnist/config.json --run_dir=runs/two
  python -m dpgan_tf train --preset=mnist_quick --run_dir=runs/quick
  python -m dpgan_tf train --preset=mnist --run_dir=runs/tight \
      --target_epsilon=1 --set steps.num_steps=500 \
      --set steps.expected_batch_size=512
  python -m dpgan_tf train --preset=mnist --run_dir=runs/own \
      --set data.source=records.npz --set data.num_private_examples=20000
  python -m dpgan_tf train --preset=mnist_surrogate --run_dir=runs/fashion \
      --set data.source=fashion_mnist --target_epsilon=1 --plan

With --set budget=none a GAN of the same networks is trained without privacy, to
compare with: nothing is released then.

On several machines, each with a copy of the data set under --data_dir:
  TF_CONFIG='{"cluster": {"worker": ["host0:2222", "host1:2222"]},
              "task": {"type": "worker", "index": 0}}' \
      python -m dpgan_tf train --preset=mnist --strategy=multi_worker \
      --trusted_network
and the same with index 1 on host1. host0 is the chief: it has the run. Close
the ports to others first, by a firewall, a network namespace or a tunnel
between the machines: TensorFlow's server listens on all interfaces, also where
TF_CONFIG says localhost; it asks for no password, and whoever connects reads
and writes your files.

`presets` lists the presets and explains every key that --set takes.
"""

import os
import pathlib

from absl import flags

from dpgan_tf import errors
from dpgan_tf import quiet
from dpgan_tf import run_files
from dpgan_tf.claim import claim as claims
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import learning
from dpgan_tf.run import clusters
from dpgan_tf.run import supervision


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: where to define them.
    """
    flags.DEFINE_string(
        "preset",
        None,
        f"What to train: one of {', '.join(presets.names())}.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "config",
        None,
        "In place of --preset, the config.json of a run: the same settings.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "run_dir",
        None,
        "Folder of the run; runs/PRESET without it. Alone, without --preset "
        "and --config, it goes on with the run that is there.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "data_dir",
        None,
        "Folder where named data sets and classifiers are kept: that of the "
        "run, or data, without it.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "dataset",
        None,
        "Where the records of a run that goes on are, if they were moved: a "
        "path. A new run takes --set data.source=PATH.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "target_epsilon",
        None,
        "Epsilon of the budget, instead of the preset's.",
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "engine",
        None,
        learning.ENGINES,
        "How gradients are clipped and summed, instead of the preset's: "
        "vectorized makes the gradient of each record, ghost only norms and "
        "sum; auto takes ghost if it knows every layer of the critic.",
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "strategy",
        "none",
        ["none", "mirrored", "multi_worker"],
        "Take each private step together; what is charged and released is the "
        "same. mirrored: on several devices of this machine. multi_worker: on "
        "the machines that the environment variable TF_CONFIG names; start "
        "the same command on each. The first of them has the run directory.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "trusted_network",
        False,
        "For --strategy=multi_worker, which needs it: you have closed the port "
        "of this machine to everybody but the other machines. TensorFlow's "
        "server listens on all interfaces, whatever TF_CONFIG says, and lets "
        "whoever connects read and write files as you.",
        flag_values=flag_values,
    )
    flags.DEFINE_list(
        "devices",
        [],
        "For --strategy=mirrored: such as GPU:0,GPU:1; all GPUs without.",
        flag_values=flag_values,
    )
    flags.DEFINE_multi_string(
        "set",
        [],
        "KEY=VALUE: a setting instead of the preset's; may be repeated.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "plan",
        False,
        "Choose expected_batch_size and num_steps for the budget: as many "
        "records are looked at as by the preset's, or fewer where noise would "
        "decide; and guide_steps, if there is a guide. They replace what --set "
        "says of them. Give it again when the run goes on.",
        flag_values=flag_values,
    )


def run(flag_values: flags.FlagValues) -> int | None:
    """Train, and print the claim, the scores and where the generator lies.

    Args:
      flag_values: the parsed flags.

    Returns:
      The exit status of the process that trained, if it was another.

    Raises:
      UserError: for settings or files that cannot be used.
      PrivacyError: if no privacy claim could be made.
    """
    recipe = read_config(flag_values)
    run_dir = flag_values.run_dir or f"runs/{recipe.name}"
    _require_fitting(flag_values, recipe)
    if flag_values.strategy == "multi_worker":
        status = _supervised(flag_values)
        if status is not None:
            return status
    found = _places(flag_values, recipe, run_dir)
    places = {"run_dir": run_dir, "data_dir": found.data_dir}
    if recipe.budget is None:
        _train_without_privacy(recipe, **places)
        return None
    # Imported now, so that a wrong setting is reported without TensorFlow.
    training = quiet.import_module("dpgan_tf.run.training")
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
                recipe, team=team, dataset_path=found.dataset, **places
            )
            print(summary(files))
            return None
        training.follow(recipe, data_dir=found.data_dir, team=team)
    print("This machine's part is done; the chief writes the release.")
    return None


def _require_fitting(
    flag_values: flags.FlagValues, recipe: recipes.Recipe
) -> None:
    """Refuse flags that do not go with each other or the configuration."""
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
            "and budget=none takes none; leave one of them out."
        )
    if flag_values.plan:
        raise errors.UserError(
            "--plan: is for a budget, and budget=none has none; "
            "leave one of them out."
        )


def _supervised(flag_values: flags.FlagValues) -> int | None:
    """Return None in the process that is to train, else its exit status."""
    text = os.environ.get("TF_CONFIG")
    addresses, number = clusters.read_tf_config(text)
    clusters.require_trusted(flag_values.trusted_network)
    return supervision.begin(f"machine {number} of {len(addresses)}")


def _places(flag_values: flags.FlagValues, recipe: recipes.Recipe, run_dir):
    """Return where the records are: of a run that is there, as it found them.

    Raises:
      UserError: if they are not there any more.
    """
    run_places = quiet.import_module("dpgan_tf.run.places")
    files = run_files.RunFiles(pathlib.Path(run_dir))
    if flag_values.dataset is not None and not files.config.exists():
        raise errors.UserError(
            f"--dataset={flag_values.dataset}: is for a run that goes on, and "
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
    if chosen.has_features:
        keys.append("summary.guide_steps")
    settings = [f"{key}={kinds.get(chosen, key)}" for key in keys]
    print(f"Planned: {', '.join(settings)}.")
    return chosen


def _train_without_privacy(recipe: recipes.Recipe, *, run_dir, data_dir):
    """Train on all records without noise; release nothing, claim nothing."""
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
    print(score_text.text(report))
    generator = errors.printable(files.warm_start_generator)
    print(
        "\nTrained WITHOUT privacy: nothing is released, and no claim is made."
        f"\nGenerator, not for publication: {generator}"
    )


def read_config(flag_values: flags.FlagValues) -> recipes.Recipe:
    """Return the configuration that the flags ask for.

    Args:
      flag_values: the parsed flags.

    Returns:
      A validated configuration.

    Raises:
      UserError: for an unknown preset or key, or a value out of range.
    """
    assignments = {}
    for text in flag_values["set"].value:
        name, separator, value = text.partition("=")
        if not separator:
            raise errors.UserError(f"--set={text}; expected KEY=VALUE.")
        assignments[name.strip()] = value.strip()
    if flag_values.engine is not None:
        assignments["steps.engine"] = flag_values.engine
    if flag_values.target_epsilon is not None:
        assignments["budget.target_epsilon"] = str(flag_values.target_epsilon)
    return config_text.change(_begun_with(flag_values), assignments)


def _begun_with(flag_values: flags.FlagValues) -> recipes.Recipe:
    """Return a preset, or a configuration that was written down."""
    preset, path = flag_values.preset, flag_values.config
    if preset is not None and path is not None:
        raise errors.UserError(
            "--preset, --config: give one of them, not both."
        )
    if preset is not None:
        return presets.get(preset)
    if path is None:
        path = _config_of_run(flag_values.run_dir)
        if flag_values.plan:
            raise errors.UserError(
                f"--plan: {path} is planned already; leave it out."
            )
    if not os.path.isfile(path):
        raise errors.UserError(
            f"--config={path}: no such file; expected the config.json of a run."
        )
    return config_text.read(pathlib.Path(path))


def _config_of_run(run_dir: str | None) -> str:
    files = run_files.RunFiles(pathlib.Path(run_dir or ""))
    if run_dir is None or not files.config.is_file():
        where = "" if run_dir is None else f", and no run is in {run_dir}"
        raise errors.UserError(
            f"--preset: missing{where}; give --preset=NAME, or "
            "--config=FILE, to begin a run, or --run_dir=DIR alone to go on "
            "with one."
        )
    return str(files.config)


def _samples(files):
    picture = files.release / "samples.png"
    return picture if picture.exists() else files.release / "samples.csv"


def summary(files) -> str:
    """Return what a finished run has to say for itself.

    Args:
      files: `run_files.RunFiles` of the run.

    Returns:
      Lines for a terminal.
    """
    from dpgan_tf.evaluation import score_text

    claim = run_files.read_json(files.release / claims.FILE_NAME, claims.SHOWN)
    parts = [errors.printable(claim["statement"])]
    if files.scores.exists():
        parts.append(score_text.text(score_text.read(files)))
    where = {
        "Generator:  ": files.release / "generator" / "1",
        "Claim:      ": files.release / "privacy.json",
        "Model card: ": files.release / "MODEL_CARD.md",
        "Samples:    ": _samples(files),
    }
    lines = (name + errors.printable(path) for name, path in where.items())
    parts.append("\n".join(lines))
    return "\n\n".join(parts)
