"""Semi-supervised classification with synthetic images (dp-GAN, Algorithm 4).

A few public labels, and any number of unlabelled samples of a generator. C1
classifies images; C2 classifies images together with the codes they were made
from, and learns from C1's answers on samples. A batch of C1 holds a share p_s
of samples, labelled by C2 as the paper's text says; line 8 of its listing says
C1, which would make C2 useless.
"""

import dataclasses
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.data import records
from dpgan_tf.evaluation import classifier as classifier_lib
from dpgan_tf.evaluation import training_loop
from dpgan_tf.release import sampling

_LEARNING_RATE = 1e-3
_CODE_UNITS = 128


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setting:
    """The training settings of the classifiers.

    Attributes:
      final_share: final p_s, the share of samples in a batch of C1.
      num_steps: number of steps of each classifier. p_s is 0 during the first
        third, and grows linearly during the second.
      batch_size: size m of a batch.
    """

    final_share: float = 0.2
    num_steps: int = 2000
    batch_size: int = 64

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0 <= self.final_share < 1:
            raise ValueError(
                f"final_share={self.final_share}; expected [0, 1)."
            )
        for name in ("num_steps", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}; expected > 0.")

    def share(self, step: int) -> float:
        """Return p_s at a step.

        Args:
          step: number of the step, from 0.
        """
        ramp = (step / self.num_steps - 1 / 3) * 3
        return self.final_share * min(max(ramp, 0.0), 1.0)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """Images with labels.

    Attributes:
      images: uint8 [n, height, width, channels].
      labels: int64 [n].
    """

    images: np.ndarray
    labels: np.ndarray


def first_of_public(
    public: records.PublicRecords, num: int, *, seed: int
) -> Labelled:
    """Return labelled public records, spread evenly over the classes.

    Args:
      public: public records, none of them private.
      num: number of records.
      seed: seed of the choice.

    Raises:
      UserError: if there are too few, or they have no labels.
    """
    if public.labels is None or num > len(public):
        found = "no labels" if public.labels is None else f"{len(public)}"
        raise errors.UserError(
            f"{num} public labels are needed, but the public records have "
            f"{found}; raise public_fraction or ask for fewer."
        )
    order = np.random.default_rng(seed).permutation(len(public))
    labels = public.labels[order]
    # The rank of each record within its class; low ranks come first.
    rank = np.zeros(len(order), np.int64)
    for number in np.unique(labels):
        rows = labels == number
        rank[rows] = np.arange(rows.sum())
    chosen = order[np.argsort(rank, kind="stable")[:num]]
    return Labelled(
        images=public.examples[chosen], labels=public.labels[chosen]
    )


def supervised_accuracy(
    labelled: Labelled, test: Labelled, setting: Setting, *, seed: int
) -> float:
    """Train C1 on labels alone, for as many steps; return its accuracy.

    Args:
      labelled: public images.
      test: held-out real images.
      setting: training settings; the share of samples is taken as 0.
      seed: seed of weights and batches.
    """
    model = _build_c1(labelled, test, seed=seed)
    step = _make_step(model)
    batches = _endless(labelled, setting.batch_size, seed=seed)
    for _ in _steps("supervised classifier", setting):
        step(*next(batches))
    return training_loop.accuracy(model, test.images, test.labels)


def train(
    generator: sampling.ExportedGenerator,
    labelled: Labelled,
    test: Labelled,
    setting: Setting,
    *,
    seed: int,
) -> float:
    """Train C1 and C2 (Algorithm 4), and return the accuracy of C1.

    Args:
      generator: generator of the samples, which only C1 and C2 label. If it
        takes labels, C2 sees the requested label as part of the code.
      labelled: public images.
      test: held-out real images.
      setting: training settings.
      seed: seed of weights, batches and codes.

    Returns:
      The accuracy of C1 on the test images.
    """
    c1 = _build_c1(labelled, test, seed=seed)
    code_size = generator.latent_dim + generator.num_classes
    c2 = build_c2(
        labelled.images.shape[1:],
        code_size=code_size,
        num_classes=c1.output_shape[-1],
        seed=seed + 1,
    )
    step_1, step_2 = _make_step(c1), _make_step(c2)
    name_1, name_2 = _make_namer(c1), _make_namer(c2)
    synthetic = _samples_with_codes(generator, setting.batch_size, seed=seed)
    real = _endless(labelled, setting.batch_size, seed=seed)
    for i in _steps("semi-supervised classifiers", setting):
        images, codes = next(synthetic)
        step_2([images, codes], name_1(images))
        num = round(setting.batch_size * setting.share(i))
        real_images, labels = next(real)
        if num == 0:
            step_1(real_images, labels)
            continue
        images, codes = (part[:num] for part in next(synthetic))
        step_1(
            tf.concat([real_images[num:], images], axis=0),
            tf.concat([labels[num:], name_2([images, codes])], axis=0),
        )
    return training_loop.accuracy(c1, test.images, test.labels)


def build_c2(
    image_shape: tuple[int, ...],
    *,
    code_size: int,
    num_classes: int,
    seed: int,
) -> keras.Model:
    """Build C2, which sees an image and its code.

    Args:
      image_shape: (height, width, channels).
      code_size: length of a code.
      num_classes: number of classes.
      seed: seed of the initial weights.

    Returns:
      A Keras model from images [n, h, w, c] and codes [n, code_size] to
      logits [n, num_classes].
    """
    keras.utils.set_random_seed(seed)
    image = keras.Input(tuple(image_shape))
    code = keras.Input((code_size,))
    of_image = classifier_lib.build_features(image, seed=seed)
    of_code = layers.Dense(_CODE_UNITS, activation="relu")(code)
    both = layers.Concatenate()([of_image, of_code])
    return keras.Model([image, code], layers.Dense(num_classes)(both))


def _build_c1(labelled, test, *, seed):
    num_classes = int(max(labelled.labels.max(), test.labels.max())) + 1
    return classifier_lib.build(
        labelled.images.shape[1:], num_classes=num_classes, seed=seed
    )


def _make_step(model):
    return training_loop.make_step(model, keras.optimizers.Adam(_LEARNING_RATE))


def _make_namer(model):
    @tf.function(reduce_retracing=True)
    def name(inputs):
        return tf.argmax(model(inputs, training=False), axis=1)

    return name


def _steps(title: str, setting: Setting) -> Iterator[int]:
    with progress.bar(title, total=setting.num_steps, unit="step") as bar:
        for i in range(setting.num_steps):
            yield i
            bar.update()


def _endless(labelled, batch_size, *, seed):
    """Yield batches of labelled images in random order, without end."""
    generator = np.random.default_rng(seed)
    images = records.scale(labelled.images)
    waiting = np.zeros([0], np.int64)
    while True:
        while len(waiting) < batch_size:
            waiting = np.append(waiting, generator.permutation(len(images)))
        chosen, waiting = waiting[:batch_size], waiting[batch_size:]
        yield tf.constant(images[chosen]), tf.constant(labelled.labels[chosen])


def _samples_with_codes(generator, batch_size, *, seed):
    """Yield samples and their codes, batch by batch."""
    block, images, codes = 0, [], []
    while True:
        while sum(map(len, images)) < batch_size:
            inputs = generator.block_inputs(seed, block)
            images.append(generator.generate(inputs))
            code = inputs["latent"]
            if generator.num_classes:
                classes = inputs["label"] - generator.first_label
                one_hot = tf.one_hot(classes, generator.num_classes)
                code = tf.concat([code, one_hot], axis=1)
            codes.append(code)
            block += 1
        images, codes = [tf.concat(images, 0)], [tf.concat(codes, 0)]
        yield images[0][:batch_size], codes[0][:batch_size]
        images, codes = [images[0][batch_size:]], [codes[0][batch_size:]]
