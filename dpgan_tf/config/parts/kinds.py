"""The kinds of each part, by their names in a recipe."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf.config.parts import learning
from dpgan_tf.config.parts import privacy
from dpgan_tf.config.parts import setting
from dpgan_tf.config.parts import summaries

NONE = "none"
OWN = "own"
KINDS: Mapping[str, Mapping[str, type | None]] = {
    "loss": {
        "wgan_gp": learning.WassersteinGP,
        "decoupled": learning.Decoupled,
        "weight_box": learning.WeightBox,
        "ppgan": learning.PPGAN,
    },
    "optimizer": {"adam": learning.Adam, "rmsprop": learning.RMSprop},
    "clipping": {
        "fixed": privacy.FixedBound,
        "adaptive": privacy.AdaptiveBound,
    },
    "grouping": {
        "single": privacy.Single,
        "weight_bias": privacy.WeightBias,
        "clustered": privacy.Clustered,
        "weight_bias_clustered": privacy.WeightBiasClustered,
    },
    "summary": {
        NONE: None,
        "marginals": summaries.Marginals,
        "pairs": summaries.Pairs,
        "chosen": summaries.Chosen,
        "class_moments": summaries.ClassMoments,
        "class_features": summaries.ClassFeatures,
    },
    "budget": {NONE: None, "dp": privacy.Budget},
}
"""The kinds of each part that has several; None means no such part."""

PARTS: Mapping[str, Mapping[str, type | None]] = {
    "data": {"": learning.Data},
    "networks": {"": learning.Networks, OWN: learning.OwnNetworks},
    "warm_start": {"": learning.WarmStart},
    "steps": {"": learning.Steps},
    "scoring": {"": learning.Scoring},
    **KINDS,
}
"""All parts; a part with a single kind has it under the empty name.

Networks of one's own come from `train`, and from no command line: for all that
people set, networks are of a single kind.
"""


def kind_of(part: str, value: Any) -> str:
    """Return the name of a part's kind.

    Args:
      part: one of `PARTS`.
      value: the part, or None if absent.
    """
    wanted = None if value is None else type(value)
    return next(kind for kind, cls in PARTS[part].items() if cls is wanted)


def get(recipe: Any, key: str) -> Any:
    """Return the value of a setting, or the kind of a part.

    Args:
      recipe: an object with the parts as attributes.
      key: a setting or part, such as "steps.num_steps" or "loss".

    Returns:
      The value, or None if the part has no such setting.
    """
    part, _, leaf = key.partition(".")
    value = getattr(recipe, part)
    if leaf:
        return getattr(value, leaf, None)
    return kind_of(part, value) if part in KINDS else value


def has(part: str, kind: str, leaf: str) -> bool:
    """Return whether a part of this kind has a setting.

    Args:
      part: one of `PARTS`.
      kind: one of the part's kinds.
      leaf: the setting's name within the part.
    """
    cls = PARTS[part].get(kind)
    return cls is not None and leaf in {f.name for f in dataclasses.fields(cls)}


def settings() -> Iterator[tuple[str, dataclasses.Field]]:
    """Yield the key and field of every setting that people can choose."""
    for part, kinds in PARTS.items():
        fields: dict[str, dataclasses.Field] = {}
        for kind, cls in kinds.items():
            if kind == OWN:
                continue
            for field in dataclasses.fields(cls) if cls else ():
                fields.setdefault(field.name, field)
        for name, field in fields.items():
            yield f"{part}.{name}", field


def flat(recipe: Any) -> dict[str, Any]:
    """Return a recipe's name, kinds and settings that people can choose.

    Args:
      recipe: an object with the parts as attributes.
    """
    found: dict[str, Any] = {"name": recipe.name}
    known = dict(settings())
    for part in PARTS:
        value = getattr(recipe, part)
        if part in KINDS:
            found[part] = kind_of(part, value)
        for field in dataclasses.fields(value) if value is not None else ():
            key = f"{part}.{field.name}"
            if key in known:
                found[key] = getattr(value, field.name)
    return found


def build(
    part: str, kind: str, fields: Mapping[str, Any], before: Any = None
) -> Any:
    """Build a part.

    Args:
      part: one of `PARTS`.
      kind: one of the part's kinds.
      fields: settings by name.
      before: an earlier part; settings that the new kind also has are kept.

    Returns:
      The part, or None for kind "none".

    Raises:
      ConfigError: naming the invalid setting as "part.name".
    """
    if kind not in PARTS[part]:
        raise errors.ConfigError(
            f"{part}={kind}; expected one of {', '.join(PARTS[part])}."
        )
    cls = PARTS[part][kind]
    names = {field.name for field in dataclasses.fields(cls)} if cls else set()
    for name in fields:
        if name not in names:
            raise errors.ConfigError(_no_such_setting(part, kind, name))
    if cls is None:
        return None
    kept = {n: getattr(before, n) for n in names if hasattr(before, n)}
    try:
        return cls(**kept | dict(fields))
    except errors.ConfigError as error:
        raise errors.ConfigError(f"{part}.{error}") from error
    except TypeError as error:  # A setting without a default is missing.
        raise errors.ConfigError(f"{part}: {error}.") from error


def require(key: str, value: Any) -> None:
    """Refuse a value that a setting cannot have.

    Args:
      key: the setting's key.
      value: the value to check.

    Raises:
      ConfigError: naming the setting, its value and the allowed values.
    """
    setting.require(dict(settings())[key], value)


def _no_such_setting(part: str, kind: str, name: str) -> str:
    """Return what is said of a setting that a part of this kind lacks."""
    of_kind = f" of kind {kind}" if part in KINDS else ""
    having = [other for other in PARTS[part] if has(part, other, name)]
    if having:
        remedy = f"choose a kind that has it: {', '.join(having)}"
    else:
        known = {
            field.name
            for cls in PARTS[part].values()
            for field in (dataclasses.fields(cls) if cls else ())
        }
        remedy = f"expected one of {', '.join(sorted(known))}"
    return f"{part}.{name}: part {part}{of_kind} has no such setting; {remedy}."
