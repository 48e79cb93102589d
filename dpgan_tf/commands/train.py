r"""Train a private GAN and write its release, or continue a run.

A preset defines a run: data, networks, budget, schedule. The run warms up on
public records, on surrogates from a private summary, or not at all; trains the
critic on private records under differential privacy until its budget is spent;
and writes a release: the generator, its privacy claim, a model card and a
picture of samples.

Most presets take a random 2% of the records as public: they are used without
noise, and the claim does not cover them. If no record may be public, use a
preset that needs none, mnist_basic or mnist_surrogate, with
--set data.public_fraction=0.

After Ctrl-C, SIGTERM or a closed terminal, the same command continues where it
stopped; so does `train --run_dir=DIR` alone, from any working folder. The
exception is a stop while the private summary is computed: that epsilon is
spent, and a new run must be started. Every noisy step is recorded on disk as
charged before its noise is drawn, so that no crash leaves a step uncharged.

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
  python -m dpgan_tf train --preset=mnist_basic --run_dir=runs/own \
      --set data.source=records.npz --set data.public_fraction=0 \
      --set data.num_private_examples=20000
  python -m dpgan_tf train --preset=mnist_surrogate --run_dir=runs/fashion \
      --set data.source=fashion_mnist --target_epsilon=1 --plan

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
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "preset",
        None,
        f"Recipe of the run: one of {', '.join(presets.names())}.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "config",
        None,
        "File config.json of a run with the wanted settings, instead of "
        "--preset.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "run_dir",
        None,
        "Folder of the run. Without this flag: runs/PRESET. Without --preset "
        "and --config, the run in this folder continues.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "data_dir",
        None,
        "Folder of named data sets and classifiers. Without this flag: where "
        "the run found them, or data for a new run.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "dataset",
        None,
        "Path of the records of a continued run, if they were moved. For a new "
        "run use --set data.source=PATH.",
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
        "Engine that clips and sums gradients, instead of the preset's: "
        "vectorized computes each record's gradient, ghost only the norms and "
        "the sum; auto is ghost if it supports every layer of the critic.",
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "strategy",
        "none",
        ["none", "mirrored", "multi_worker"],
        "Strategy to share the work of each private step; what is charged and "
        "released is the same. mirrored: several devices of this machine. "
        "multi_worker: the machines in the environment variable TF_CONFIG; "
        "start the same command on each. The first holds the run directory.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "trusted_network",
        False,
        "Confirm that this machine's port is closed to all but the other "
        "machines; needed with --strategy=multi_worker. TensorFlow's server "
        "listens on all interfaces, whatever TF_CONFIG says, and lets anyone "
        "who connects read and write files as you.",
        flag_values=flag_values,
    )
    flags.DEFINE_list(
        "devices",
        [],
        "Devices for --strategy=mirrored, such as GPU:0,GPU:1. Without this "
        "flag: all GPUs.",
        flag_values=flag_values,
    )
    flags.DEFINE_multi_string(
        "set",
        [],
        "Setting KEY=VALUE that replaces the preset's",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "plan",
        False,
        "Choose expected_batch_size and num_steps for the budget, so that as "
        "many records are seen as with the preset's, or fewer if noise would "
        "dominate; and guide_steps, if there is a guide. These override --set. "
        "Give this flag again with --preset when the run continues.",
        flag_values=flag_values,
    )


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
    if flag_values.plan:
        raise errors.UserError(
            "--plan: is for a budget, and budget=none has none; "
            "leave one of them out."
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
    if chosen.has_features:
        keys.append("summary.guide_steps")
    settings = [f"{key}={kinds.get(chosen, key)}" for key in keys]
    print(f"Planned: {', '.join(settings)}.")
    return chosen


def _train_without_privacy(recipe: recipes.Recipe, *, run_dir, data_dir):
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
    print(score_text.text(report))
    generator = errors.printable(files.warm_start_generator)
    print(
        "\nTrained WITHOUT privacy: nothing is released and nothing is claimed."
        f"\nGenerator, not for publication: {generator}"
    )


def read_config(flag_values: flags.FlagValues) -> recipes.Recipe:
    """Return the configuration that the flags describe.

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
    """Return a preset, or a configuration from a file."""
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
            "--config=FILE, to start a run, or --run_dir=DIR alone to continue "
            "one."
        )
    return str(files.config)


def _samples(files):
    picture = files.release / "samples.png"
    return picture if picture.exists() else files.release / "samples.csv"


def summary(files) -> str:
    """Return the summary of a finished run: claim, scores and paths.

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
