"""The private stage of a run: the steps that its ledger charges."""

import os

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.claim import text as claim_text
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.evaluation import image_scorer
from dpgan_tf.models import dpgan
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import fitting
from dpgan_tf.run import rehearsal
from dpgan_tf.run import team as teams
from dpgan_tf.run.callbacks import checkpointing
from dpgan_tf.run.callbacks import ledger_guard
from dpgan_tf.run.callbacks import progress_bars
from dpgan_tf.run.callbacks import score_curve
from dpgan_tf.run.callbacks import tensorboard_logs
from dpgan_tf.run.stages import private_batches
from dpgan_tf.run.stages import run_ledger


def _require_priced(model: dpgan.DPGAN, budget: budgets.Budget) -> None:
    """Refuse to draw by another mechanism than the one that was priced."""
    if model.mechanism != budget.mechanism:
        raise privacy_errors.PrivacyError(
            f"the model's mechanism ({model.mechanism}) is not the one that "
            f"was priced ({budget.mechanism}); build the model with the "
            "budget's."
        )


def train(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    budget: budgets.Budget,
    data: run_data.RunData,
    model: dpgan.DPGAN,
    ledger: ledgers.Ledger,
    *,
    data_dir: str | os.PathLike,
    team: teams.Team = teams.ALONE,
) -> None:
    """Spend the budget, or the rest of it, on private critic steps.

    Args:
      recipe: recipe with the sampling of records.
      files: the run's files.
      budget: the run's budget.
      data: the records.
      model: the private GAN, changed in place.
      ledger: the run's ledger, charged before every draw.
      data_dir: folder of the scoring classifier, if scores are asked for.
      team: team in whose scope the model was built; this is its chief.

    Raises:
      PrivacyError: if the model draws by another mechanism than was priced.
    """
    _require_priced(model, budget)
    checkpoints = checkpointing.Checkpoints(
        files.checkpoints("private"),
        every=recipe.steps.checkpoint_every,
        ledger=ledger,
    )
    num_kept = checkpoints.restore(model)
    first = max(num_kept, ledger.charged_steps)
    num_rounds = (budget.max_steps - first) // recipe.steps.num_critic_steps
    _tell_of_lost_steps(ledger, num_kept=num_kept)
    noise_key, sampling_key = run_ledger.draw_keys(recipe, ledger)
    team.share(list(checkpointing.state_of(model).values()))
    team.from_chief(
        [num_rounds, noise_key.as_integers(), sampling_key.as_integers()]
    )
    if num_rounds < 1:
        return
    guard = ledger_guard.LedgerGuard(
        ledger,
        key=noise_key,
        num_rounds=num_rounds,
        reserve_every=recipe.steps.checkpoint_every,
        announce=team.from_chief,
    )
    watchers = _watchers(
        recipe, files, budget, data, ledger, first=first, data_dir=data_dir
    )
    progress.note(f"engine: {model.engine.name} ({model.engine.why})")
    with progress.waiting("building the private step, and trying it out"):
        rehearsal.rehearse(
            model, private_batches.blank(recipe, budget, data, team)
        )
    checkpoints.try_out()
    batches = private_batches.distribute(
        recipe,
        budget,
        data,
        team,
        key=sampling_key.as_integers(),
        first_step=first,
    )
    fitting.fit(model, batches, num_rounds, [guard, checkpoints, *watchers])


def _tell_of_lost_steps(ledger: ledgers.Ledger, *, num_kept: int) -> None:
    """Note the steps that a crash has cost, if any."""
    charged = ledger.charged_steps
    if charged > num_kept:
        steps = claim_text.steps(num_charged=charged, num_kept=num_kept)
        progress.note(f"so far {steps}")


def _watchers(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    budget: budgets.Budget,
    data: run_data.RunData,
    ledger: ledgers.Ledger,
    *,
    first: int,
    data_dir: str | os.PathLike,
) -> list[ledger_guard.Closing]:
    """Return callbacks that show the steps from `first` on."""
    bar = progress_bars.ProgressBar(
        title="private training",
        num_steps=budget.max_steps,
        first_step=first,
        steps_per_round=recipe.steps.num_critic_steps,
        budget=budget,
        ledger=ledger,
    )
    logs = tensorboard_logs.TensorBoardLogs(
        files.logs / "private",
        every=fitting.LOG_EVERY,
        picture_every=fitting.PICTURE_EVERY,
        pixels=data.pixels,
        budget=budget,
        ledger=ledger,
        hparams=kinds.flat(recipe),
    )
    if not recipe.scoring.every or data.private.labels is None:
        return [logs, bar]
    curves = _score_curves(recipe, files, data, data_dir=data_dir)
    # The bar is last: the first score does not count as the first step's time.
    return [logs, *curves, bar]


def _score_curves(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    data: run_data.RunData,
    *,
    data_dir: str | os.PathLike,
) -> list[ledger_guard.Closing]:
    """Return the callback that scores samples, if there can be a scorer."""
    try:
        scorer = image_scorer.build(
            data.dataset, data_dir=data_dir, metric_names=score_curve.METRICS
        )
    except Exception as error:  # A failed score must not stop training.
        progress.note(f"no curve of scores ({errors.first_line(error)})")
        return []
    return [
        score_curve.ScoreCurve(
            files.logs / "private",
            scorer=scorer,
            every=recipe.scoring.every,
            pixels=data.pixels,
        )
    ]


def follow(
    recipe: recipes.Recipe,
    budget: budgets.Budget,
    data: run_data.RunData,
    model: dpgan.DPGAN,
    *,
    team: teams.Team,
) -> None:
    """Take part in the steps that the chief takes in `train`.

    Args:
      recipe: the chief's recipe.
      budget: the run's budget.
      data: the records.
      model: the private GAN, changed in place; its values are the chief's.
      team: team in whose scope the model was built; this is not its chief.

    Raises:
      PrivacyError: if the model draws by another mechanism than was priced.
    """
    _require_priced(model, budget)
    team.share(list(checkpointing.state_of(model).values()))
    no_key = [0] * keystream.KEY_WORDS
    num_rounds, noise_key, sampling_key = team.from_chief([0, no_key, no_key])
    if num_rounds < 1:
        return
    follower = ledger_guard.LedgerFollower(key=noise_key, hear=team.from_chief)
    first = budget.max_steps - int(num_rounds) * recipe.steps.num_critic_steps
    bar = progress_bars.ProgressBar(
        title="private training",
        num_steps=budget.max_steps,
        first_step=first,
        steps_per_round=recipe.steps.num_critic_steps,
    )
    progress.note(f"engine: {model.engine.name} ({model.engine.why})")
    rehearsal.rehearse(model, private_batches.blank(recipe, budget, data, team))
    batches = private_batches.distribute(
        recipe, budget, data, team, key=sampling_key, first_step=first
    )
    fitting.fit(model, batches, int(num_rounds), [follower, bar])
