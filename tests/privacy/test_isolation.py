"""Critics that mix records, and optimizers that clip, are refused."""

import keras
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.models import networks
from dpgan_tf.models import row_networks
from dpgan_tf.privacy import critic_layers
from dpgan_tf.privacy import engines
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import isolation
from tests.privacy import mixing_critics


def critic_with(layer):
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3),
            layer,
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def test_the_shipped_critic_is_accepted():
    isolation.require_isolated(networks.build_critic((28, 28, 1), width=4))


def test_no_probe_would_have_found_a_branch_of_zeros(monkeypatch):
    """The probe is the second line: it sees one set of weights."""
    critic = mixing_critics.MIXING["mean"]()
    isolation._require_scores_apart(critic)
    critic.layers[-2].kernel.assign([[1.0], [2.0], [3.0]])
    with pytest.raises(errors.PrivacyError, match="changed the critic's score"):
        isolation._require_scores_apart(critic)
    monkeypatch.setattr(critic_layers, "require_known", lambda critic: None)
    with pytest.raises(errors.PrivacyError, match="changed the critic's score"):
        isolation.require_isolated(critic)


@pytest.mark.parametrize(
    "build",
    [
        lambda: networks.build_critic((28, 28, 1), width=2, num_classes=3),
        lambda: networks.build_critic((48, 48, 3), width=2),
        lambda: row_networks.build_table_critic(9, width=4),
        lambda: keras.models.clone_model(
            networks.build_critic((28, 28, 1), width=2)
        ),
    ],
)
@pytest.mark.parametrize("engine", ["ghost", "vectorized"])
def test_each_critic_of_the_project_is_accepted_by_each_engine(build, engine):
    assert engines.choose(engine, build()).name == engine


def flat(image):
    return layers.Flatten()(image)


def scored(shape=(4, 4, 1), dtype="float32", units=1):
    image = keras.Input(shape, dtype=dtype, name="image")
    return keras.Model(image, layers.Dense(units)(flat(image)), name="odd")


def with_inputs(*more):
    image = keras.Input((4, 4, 1))
    joined = [layers.Dense(1)(layers.Flatten()(x)) for x in (image, *more)]
    return keras.Model([image, *more], layers.Add()(joined), name="odd")


def with_outputs(give):
    image = keras.Input((4, 4, 1), name="image")
    return keras.Model(image, give(flat(image)), name="odd")


def frozen():
    critic = scored()
    critic.trainable = False
    return critic


def in_policy(policy):
    image = keras.Input((4, 4, 1), dtype="float32")
    layer = layers.Dense(1, dtype=policy, name="odd")
    return keras.Model(image, layer(flat(image)))


def quantized():
    image = keras.Input((4, 4, 1))
    layer = layers.Dense(1, name="odd")
    critic = keras.Model(image, layer(flat(image)))
    layer.quantize("int8")
    return critic


def with_a_dict():
    image = keras.Input((4, 4, 1), name="image")
    return keras.Model(
        {"image": image}, layers.Dense(1)(flat(image)), name="odd"
    )


FORMS = {
    "many scores": (lambda: scored(units=3), r"float32 \[n, 3\]"),
    "a map of scores": (
        lambda: with_outputs(lambda h: layers.Reshape((4, 4, 1))(h)),
        r"float32 \[n, 4, 4, 1\]",
    ),
    "[n]": (
        lambda: with_outputs(lambda h: layers.Reshape(())(layers.Dense(1)(h))),
        r"gives float32 \[n\]",
    ),
    "two outputs": (
        lambda: with_outputs(lambda h: [layers.Dense(1)(h)] * 2),
        r"list of float32 \[n, 1\], float32 \[n, 1\]",
    ),
    "a list of one": (
        lambda: with_outputs(lambda h: [layers.Dense(1)(h)]),
        r"list of float32 \[n, 1\]",
    ),
    "a dict of outputs": (
        lambda: with_outputs(lambda h: {"score": layers.Dense(1)(h)}),
        "dict of",
    ),
    "a dict": (with_a_dict, r"dict of \['image'\]"),
    "two images": (
        lambda: with_inputs(keras.Input((4, 4, 1))),
        r"float32 \[n, 4, 4, 1\] as its labels",
    ),
    "labels as one-hot": (
        lambda: with_inputs(keras.Input((3,), dtype="int32")),
        r"int32 \[n, 3\] as its labels",
    ),
    "three inputs": (
        lambda: with_inputs(keras.Input((1,)), keras.Input((2,))),
        "3 inputs",
    ),
    "bytes": (lambda: scored(dtype="uint8"), "uint8"),
    "float64": (lambda: in_policy("float64"), "odd.*float64"),
    "float16": (lambda: in_policy("float16"), "odd.*float16"),
    "mixed": (lambda: in_policy("mixed_bfloat16"), "odd.*bfloat16"),
    "quantized": (quantized, "odd.*int8"),
    "frozen": (frozen, "no trainable weights"),
    "open sizes": (mixing_critics.open_sizes, "None, None, 1"),
    "subclassed": (mixing_critics.own_call, "own_call.*keras.Sequential"),
    "unbuilt": (
        lambda: keras.Sequential([layers.Dense(1)], name="odd"),
        "'odd' is not built; begin it with keras.Input",
    ),
    "a function": (lambda: lambda images: images, "is a function"),
    "a layer": (lambda: layers.Dense(1), "is a Dense"),
    "nothing": (lambda: None, "is a NoneType"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_critic_in_form_is_refused_with_the_form_wanted(form):
    build, given = FORMS[form]
    critic = build()
    with pytest.raises(errors.PrivacyError, match=given) as refusal:
        engines.choose("auto", critic)
    message = str(refusal.value)
    assert "\n" not in message
    assert any(
        wanted in message
        for wanted in ("one score of each", "keras.", 'dtype="float32"')
    )


def test_a_critic_that_does_not_fit_the_generator_is_refused():
    generator = networks.build_generator((28, 28, 1), latent_dim=4, width=2)
    critic = networks.build_critic((32, 32, 1), width=2)
    with pytest.raises(errors.PrivacyError, match="32, 32.*28, 28"):
        isolation.require_fits(critic, generator, num_classes=0)
    critic = networks.build_critic((28, 28, 1), width=2, num_classes=3)
    with pytest.raises(errors.PrivacyError, match="labels.*num_classes=0"):
        isolation.require_fits(critic, generator, num_classes=0)
    isolation.require_fits(critic, generator, num_classes=3)


@pytest.mark.parametrize(
    "setting", ["clipnorm", "clipvalue", "global_clipnorm"]
)
def test_an_optimizer_that_clips_is_refused(setting):
    optimizer = keras.optimizers.Adam(1e-3, **{setting: 1.0})
    with pytest.raises(errors.PrivacyError, match=setting):
        isolation.require_plain_optimizer(optimizer)


def test_a_plain_optimizer_is_accepted():
    isolation.require_plain_optimizer(keras.optimizers.Adam(1e-3))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_critic_that_computes_in_half_precision_is_refused(policy):
    critic = critic_with(layers.Conv2D(2, 3, dtype=policy, name="half"))
    with pytest.raises(errors.PrivacyError, match="half.*float16"):
        isolation.require_full_precision(critic)


@pytest.mark.parametrize(
    "name",
    [
        "TF_SET_ONEDNN_FPMATH_MODE",
        "ONEDNN_DEFAULT_FPMATH_MODE",
        "DNNL_DEFAULT_FPMATH_MODE",
    ],
)
def test_kernels_that_may_round_to_eight_bits_are_refused(name, monkeypatch):
    critic = critic_with(layers.Conv2D(2, 3))
    monkeypatch.setenv(name, "BF16")
    with pytest.raises(errors.PrivacyError, match=f"{name}=BF16"):
        isolation.require_full_precision(critic)
    monkeypatch.setenv(name, "STRICT")
    isolation.require_full_precision(critic)


def test_a_graph_that_is_rewritten_in_half_precision_is_refused(monkeypatch):
    critic = critic_with(layers.Conv2D(2, 3))
    options = {"auto_mixed_precision_onednn_bfloat16": True}
    monkeypatch.setattr(
        tf.config.optimizer, "get_experimental_options", lambda: options
    )
    with pytest.raises(errors.PrivacyError, match="auto_mixed_precision"):
        isolation.require_full_precision(critic)


@pytest.mark.parametrize("rounds", [True, False])
def test_products_of_ten_bits_on_a_gpu_are_refused(rounds, monkeypatch):
    critic = critic_with(layers.Conv2D(2, 3))
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    monkeypatch.setattr(
        tf.config.experimental,
        "tensor_float_32_execution_enabled",
        lambda: rounds,
    )
    if not rounds:
        isolation.require_full_precision(critic)
        return
    with pytest.raises(errors.PrivacyError, match="TensorFloat-32 is on"):
        isolation.require_full_precision(critic)


def test_a_critic_in_single_precision_is_accepted():
    isolation.require_full_precision(critic_with(layers.Conv2D(2, 3)))
