"""What settings may be, one by one and together."""

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from dpgan_tf import errors

CHOICES: Mapping[str, tuple[str, ...]] = {
    "grouping": (
        "single",
        "per_variable",
        "weight_bias",
        "clustered",
        "weight_bias_clustered",
    ),
    "clipping": ("fixed", "adaptive"),
    "critic_loss": ("wgan_gp", "decoupled", "wasserstein"),
    "objective": ("wasserstein", "bce", "hinge"),
    "learning_rate_decay": ("none", "linear", "cosine"),
    "optimizer": ("adam", "rmsprop", "sgd"),
    "accountant": ("rdp", "pld"),
    "engine": ("auto", "ghost", "vectorized"),
    "summary": (
        "none",
        "marginals",
        "pairs",
        "class_moments",
        "class_features",
    ),
}

_MOST_IN_A_CHUNK = 4096
_LARGEST_INTEGER = 10**18
_PRESET = re.compile("[a-z0-9_]{1,100}", re.ASCII)
AT_MOST: Mapping[str, int] = {
    **dict.fromkeys(("critic_width", "generator_width"), 4_096),
    **dict.fromkeys(
        (
            *("latent_dim", "num_classes", "num_groups", "num_critic_steps"),
            *("warm_start_critic_steps", "warm_start_batch_size"),
            *("public_batch_size", "summary_batch_size"),
        ),
        65_536,
    ),
    "expected_batch_size": 2**20,
    "draws_per_record": 1_024,
    "largest_shift": 1_024,
    "summary_side": 64,
    "num_surrogates": 10_000_000,
    "feature_directions": 16_384,
    "num_score_samples": 10_000_000,
}
"""What more of a size would ask for is beyond the memory of any machine."""

_POSITIVE = (
    "num_private_examples critic_width generator_width latent_dim "
    "num_critic_steps warm_start_critic_steps draws_per_record "
    "latent_scale warm_start_batch_size warm_start_learning_rate "
    "critic_learning_rate generator_learning_rate num_steps "
    "expected_batch_size chunk_size weight_clip clip_norm "
    "adaptive_clip_factor public_batch_size "
    "summary_row_clip_norm summary_pair_clip_norm summary_batch_size "
    "summary_learning_rate summary_side num_surrogates clip_update_every "
    "feature_directions feature_products feature_clip_norm "
    "guide_steps guide_weight guide_clip_norm guide_learning_rate "
    "checkpoint_every num_score_samples num_groups"
).split()
_POSITIVE_OR_NONE = {
    "num_classes": "> 0, or none for what the data set declares",
    "target_epsilon": "> 0, or none to train without privacy",
    "summary_epsilon_limit": "> 0, or none",
    "noise_multiplier": "> 0, or none to solve it from the budget",
}
_NOT_NEGATIVE = (
    "largest_shift feature_weight warm_start_steps gradient_penalty_weight "
    "drift_weight score_every split_seed summary_fit_steps"
).split()
_BELOW_1 = (
    "public_fraction adam_beta_1 adam_beta_2 generator_ema_decay "
    "critic_accuracy"
).split()
_BETWEEN_0_AND_1 = (
    "summary_share summary_marginals_share feature_share guide_share"
).split()


@dataclasses.dataclass(frozen=True)
class _Rule:
    """Of a configuration c.

    Attributes:
      name: of the setting that is to blame.
      holds: whether c keeps it.
      expected: what the setting may be; {c.name} stands for another one.
    """

    name: str
    holds: Callable[[Any], bool]
    expected: str


_RULES = (
    _Rule(
        "chunk_size",
        lambda c: c.chunk_size <= _MOST_IN_A_CHUNK,
        f"at most {_MOST_IN_A_CHUNK}; rounding is bounded up to there",
    ),
    _Rule(
        "summary_batch_size",
        lambda c: c.summary_batch_size % 2 == 0,
        "an even number: a step compares two halves",
    ),
    _Rule(
        "num_steps",
        lambda c: c.num_steps % c.num_critic_steps == 0,
        "a multiple of num_critic_steps={c.num_critic_steps}: what follows the "
        "last generator step would be spent for nothing",
    ),
    # The privacy of a run.
    _Rule(
        "expected_batch_size",
        lambda c: c.expected_batch_size <= c.num_private_examples,
        "at most num_private_examples={c.num_private_examples}, so that the "
        "sampling probability is at most 1",
    ),
    _Rule(
        "target_delta",
        lambda c: 0 < c.target_delta < 1 / c.num_private_examples,
        "positive and below 1 / num_private_examples = "
        "1 / {c.num_private_examples}",
    ),
    _Rule(
        "public_fraction",
        lambda c: (
            c.public_fraction > 0
            or c.has_surrogates
            or (c.clipping != "adaptive" and c.warm_start_steps == 0)
        ),
        "> 0, or a summary of classes, or clipping=fixed and "
        "warm_start_steps=0, which need no public records",
    ),
    # Its summary.
    _Rule(
        "summary",
        lambda c: c.summary != "class_moments" or not c.public_fraction,
        "none or class_features with public_fraction={c.public_fraction}: "
        "records drawn from moments of classes stand where there are no public "
        "ones",
    ),
    _Rule(
        "num_surrogates",
        lambda c: (
            not c.has_surrogates
            or c.num_surrogates
            >= max(c.public_batch_size, c.warm_start_batch_size)
        ),
        "at least public_batch_size={c.public_batch_size} and "
        "warm_start_batch_size={c.warm_start_batch_size}",
    ),
    _Rule(
        "summary",
        lambda c: (
            not c.has_surrogates
            or c.has_features
            or c.clipping == "adaptive"
            or c.warm_start_steps > 0
        ),
        "none without clipping=adaptive and warm_start_steps: nothing would "
        "look at what it costs",
    ),
    _Rule(
        "guide_share",
        lambda c: c.feature_share + c.guide_share < 1,
        "below what feature_share={c.feature_share} leaves of 1",
    ),
    _Rule(
        "summary_fit_steps",
        lambda c: (
            c.summary_fit_steps > 0
            or not c.has_features
            or c.public_fraction > 0
        ),
        "> 0 if summary=class_features and public_fraction=0: the generator "
        "is fitted to it",
    ),
    _Rule(
        "feature_products",
        lambda c: c.feature_products <= c.feature_directions,
        "at most feature_directions={c.feature_directions}",
    ),
    _Rule(
        "learning_rate_decay",
        lambda c: c.learning_rate_decay == "none" or not c.critic_accuracy,
        "none with critic_accuracy: nobody knows how many generator steps "
        "there will be",
    ),
    _Rule(
        "latent_scale",
        lambda c: (
            c.latent_scale == 1 or c.summarizes_classes or c.summary == "none"
        ),
        "1 with a summary of rows, which the generator is calibrated to",
    ),
    _Rule(
        "summary",
        lambda c: c.conditional or not c.summarizes_classes,
        "none if conditional=false: classes are of labelled images",
    ),
    # Its loss.
    _Rule(
        "clipping",
        lambda c: c.clipping != "adaptive" or c.critic_loss != "wasserstein",
        "fixed if critic_loss=wasserstein",
    ),
    _Rule(
        "draws_per_record",
        lambda c: (
            c.draws_per_record == 1
            or c.critic_loss != "decoupled"
            or c.largest_shift > 0
        ),
        "1 if critic_loss=decoupled and largest_shift=0: nothing is drawn for "
        "a record",
    ),
    _Rule(
        "largest_shift",
        lambda c: c.largest_shift == 0 or c.critic_loss == "decoupled",
        "0 unless critic_loss=decoupled",
    ),
    _Rule(
        "objective",
        lambda c: (
            c.objective == "wasserstein" or c.critic_loss != "wasserstein"
        ),
        "wasserstein if critic_loss=wasserstein",
    ),
    _Rule(
        "critic_accuracy",
        lambda c: c.critic_accuracy == 0 or c.objective != "wasserstein",
        "0 if objective=wasserstein, whose scores have no natural zero",
    ),
    _Rule(
        "clip_generator",
        lambda c: c.critic_loss == "wasserstein" or not c.clip_generator,
        "false unless critic_loss=wasserstein",
    ),
)


def require(config: Any) -> None:
    """Refuse a configuration that breaks a rule.

    Args:
      config: a `settings.Config`.

    Raises:
      ConfigError: naming the first setting, its value and what it may be.
    """
    for field in dataclasses.fields(config):
        _require_type(field.name, getattr(config, field.name), field.type)
    for field in dataclasses.fields(config):
        _require_range(field.name, getattr(config, field.name))
    for rule in _RULES:
        value = getattr(config, rule.name)
        expected = rule.expected.format(c=config)
        _require(rule.name, value, rule.holds(config), expected)


def require_setting(name: str, value: object, wanted: Any) -> None:
    """Refuse the value of a setting that no configuration has.

    Args:
      name: of the setting.
      value: of it.
      wanted: the type of its field.

    Raises:
      ConfigError: naming the setting, its value and what it may be.
    """
    _require_type(name, value, wanted)
    _require_range(name, value)


def _require_range(name: str, value: Any) -> None:
    if name == "preset":
        holds = bool(_PRESET.fullmatch(value))
        _require(name, ascii(value), holds, "a name of letters a-z, 0-9 and _")
    if name in _POSITIVE:
        _require(name, value, value > 0, "> 0")
    if name in _POSITIVE_OR_NONE:
        holds = value is None or value > 0
        _require(name, value, holds, _POSITIVE_OR_NONE[name])
    if name in _NOT_NEGATIVE:
        _require(name, value, value >= 0, ">= 0")
    if name in _BELOW_1:
        _require(name, value, 0 <= value < 1, "in [0, 1)")
    if name in _BETWEEN_0_AND_1:
        _require(name, value, 0 < value < 1, "in (0, 1)")
    if name in CHOICES:
        choices = CHOICES[name]
        _require(name, value, value in choices, f"one of {choices}")
    if name in AT_MOST:
        most = AT_MOST[name]
        holds = value is None or value <= most
        _require(name, value, holds, f"at most {most:,}, for memory's sake")


def _require_type(name: str, value: object, wanted: Any) -> None:
    allowed = get_args(wanted) or (wanted,)
    if float in allowed and isinstance(value, int):
        allowed = (*allowed, int)
    is_bool_elsewhere = isinstance(value, bool) and bool not in allowed
    if is_bool_elsewhere or not isinstance(value, allowed):
        names = " or ".join(kind.__name__ for kind in allowed)
        raise errors.ConfigError(f"{name}={value!r}; expected {names}.")
    if isinstance(value, int) and abs(value) >= _LARGEST_INTEGER:
        raise errors.ConfigError(
            f"{name} has {len(str(abs(value)))} digits; expected at most 18."
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise errors.ConfigError(f"{name}={value}; expected a finite number.")
    if isinstance(value, str) and not _is_unicode(value):
        raise errors.ConfigError(
            f"{name}={value!r}; expected text in UTF-8, which config.json can "
            "hold: rename that file or folder."
        )


def _is_unicode(text: str) -> bool:
    """Return whether a text is none of a path with other bytes than UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _require(name: str, value: Any, holds: bool, expected: str) -> None:
    if not holds:
        raise errors.ConfigError(f"{name}={value}; expected {expected}.")
