"""Recipes used only by rows of the papers' tables and figures."""

from collections.abc import Mapping

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes

_MNIST = presets.get("mnist")
_BASIC = presets.get("mnist_basic")
_PPGAN = presets.get("ppgan")
_EHR = presets.get("dpgan_ehr")

# dp-GAN, Tables 8 and 9: effect of each strategy. S1 separates weights from
# biases, S2 groups weights, S3 adapts the clip norms, S4 is the warm start.
_S3 = {"grouping": "single", "warm_start.num_steps": 0}
_STRATEGIES = {
    "mnist_none": recipes.change(_BASIC, {}),
    "mnist_s1": recipes.change(_BASIC, {"grouping": "weight_bias"}),
    "mnist_s3": recipes.change(_MNIST, _S3),
    "mnist_s1_s3": recipes.change(_MNIST, _S3 | {"grouping": "weight_bias"}),
    "mnist_s2_s3": recipes.change(_MNIST, _S3 | {"grouping": "clustered"}),
    "mnist_s1_s3_s4": recipes.change(_MNIST, {"grouping": "weight_bias"}),
}

# Without noise both networks have one learning rate. Adam at .001 with the
# weight clip of `ppgan` gave one image; WGAN's optimizer gave digits after
# 2,500 generator steps.
_PPGAN_INFINITY = recipes.change(
    _PPGAN,
    {
        "loss.weight_clip": 0.05,  # ours
        "optimizer": "rmsprop",
        "warm_start.learning_rate": 0.002,  # ours
        "budget": "none",
    },
)

# PPGAN's rivals in its Figure 5: DPGAN of Xie et al. (2018), whose weights are
# clipped to .02 on MNIST, and dp-GAN's Algorithm 1 at the same budget.
_XIE_DPGAN = recipes.change(
    _PPGAN, {"loss": "weight_box", "loss.weight_clip": 0.02}
)
_DPGAN_10 = recipes.change(
    _BASIC,
    {
        "data.num_private_examples": 60_000,
        "data.public_fraction": 0.0,
        "networks.critic_width": 8,
        "steps.num_critic_steps": 5,
        "steps.num_steps": 6_000,
        "budget.target_epsilon": 10.0,
        "scoring.every": 0,
    },
)

# PPGAN on health records; all settings are ours.
_PPGAN_EHR = recipes.change(
    _EHR,
    {
        "loss": "ppgan",
        "loss.weight_clip": 0.05,
        "optimizer": "rmsprop",
        "summary": "marginals",
        "summary.share": 0.2,
        "steps.num_critic_steps": 5,
        "steps.critic_learning_rate": 0.0005,
        "steps.generator_learning_rate": 0.0005,
        "clipping.norm": 0.01,
    },
)

_LSUN_U = recipes.change(
    presets.get("lsun_l"),
    {
        "data.source": "lsun_u_64",
        "data.num_private_examples": 2_675_000,  # ours
        "warm_start.num_steps": 2_400,
        "steps.num_steps": 126_680,
    },
)

_RECIPES: Mapping[str, recipes.Recipe] = {
    **_STRATEGIES,
    "mnist_conditional": recipes.change(_MNIST, {"networks.conditional": True}),
    "ppgan_infinity": _PPGAN_INFINITY,
    "ppgan_20": recipes.change(_PPGAN, {"budget.target_epsilon": 20.0}),
    "ppgan_10": recipes.change(_PPGAN, {}),
    "ppgan_5": recipes.change(_PPGAN, {"budget.target_epsilon": 5.0}),
    "xie_dpgan": _XIE_DPGAN,
    "dpgan_10": _DPGAN_10,
    "ppgan_ehr": _PPGAN_EHR,
    "lsun_u": _LSUN_U,
}


def get(name: str) -> recipes.Recipe:
    """Return the recipe of a row, or a preset.

    Args:
      name: name of the row or the preset.

    Raises:
      ConfigError: if there is no such row or preset.
    """
    if name in _RECIPES:
        return recipes.change(_RECIPES[name], {"name": name})
    return presets.get(name)
