"""The critic step in PyTorch: python -m benchmarks.peers.torch_step.

Each record's gradients by vmap(grad) of torch.func, clipped by their joint
norm, summed, noised; Adam from torch.optim. Images are [n, c, h, w] here.
"""

import sys

import numpy as np
import torch
from torch import func
from torch.nn import functional

from benchmarks import cases
from benchmarks import inputs
from benchmarks.peers import server


def build(form, case, given, *, chunk_size):
    """See `server.Library.build`."""
    weights = _to_torch(case, given.weights)
    records = _records(given)
    adam = torch.optim.Adam(
        weights,
        lr=cases.LEARNING_RATE,
        betas=cases.ADAM_BETAS,
        eps=cases.ADAM_EPSILON,
    )

    def private_gradients():
        with torch.no_grad():
            total = _clipped_sum(
                case, weights, records, cases.CLIP_NORM, chunk_size
            )
            deviation = cases.NOISE_MULTIPLIER * cases.CLIP_NORM
            noisy = [s + deviation * torch.randn_like(s) for s in total]
            return [s / len(given.images) for s in noisy]

    def plain_gradients():
        return func.grad(lambda w: _mean_loss(case, w, *records))(weights)

    gradients = {"private": private_gradients, "plain": plain_gradients}[form]

    def step():
        for weight, gradient in zip(weights, gradients(), strict=True):
            weight.grad = gradient
        adam.step()

    return step


def clipped_sum(case, given, *, clip_norm, chunk_size):
    """See `server.Library.clipped_sum`."""
    weights = _to_torch(case, given.weights)
    total = _clipped_sum(case, weights, _records(given), clip_norm, chunk_size)
    return _from_torch(case, total)


def _clipped_sum(case, weights, records, clip_norm, chunk_size):
    def loss_of_record(weights, *record):
        return _mean_loss(case, weights, *(part[None] for part in record))

    per_example = func.vmap(func.grad(loss_of_record), in_dims=(None, 0, 0, 0))
    total = [torch.zeros_like(weight) for weight in weights]
    for chunk in zip(
        *(part.split(chunk_size) for part in records), strict=True
    ):
        gradients = per_example(weights, *chunk)
        flat = [g.flatten(1) for g in gradients]
        norms = torch.stack([g.norm(dim=1) for g in flat]).norm(dim=0)
        factors = (clip_norm / norms).clamp(max=1.0)
        for sums, g in zip(total, flat, strict=True):
            sums += (factors @ g).view_as(sums)
    return total


def _mean_loss(case, weights, images, fakes, mixes):
    """Use one pass of the critic: faster than three for single records."""
    rho = mixes[:, None, None, None]
    mixed = rho * images + (1 - rho) * fakes

    def middle_and_difference(mixed):
        every = torch.cat([mixed, fakes, images])
        middle, fake, real = _critic(case, weights, every)[:, 0].chunk(3)
        return middle.sum(), fake - real

    slopes, differences = func.grad(middle_and_difference, has_aux=True)(mixed)
    norms = slopes.square().sum(dim=(1, 2, 3)).clamp(min=1e-12).sqrt()
    penalties = cases.PENALTY_WEIGHT * (norms - 1).square()
    return (differences + penalties).mean()


def _critic(case, weights, x):
    left = list(weights)
    for _ in case.convolutions:
        kernel, bias = left.pop(0), left.pop(0)
        x = functional.conv2d(_pad_same(x), kernel, bias, cases.STRIDE)
        x = functional.leaky_relu(x, cases.LEAKY_SLOPE)
    x = x.flatten(1)
    for _ in case.hidden:
        kernel, bias = left.pop(0), left.pop(0)
        x = functional.leaky_relu(x @ kernel + bias, cases.LEAKY_SLOPE)
    return x @ left.pop(0)


def _pad_same(x):
    """Pad like TensorFlow's "SAME", with more below and to the right."""
    padding = []
    for size in (x.shape[3], x.shape[2]):
        positions = -(-size // cases.STRIDE)
        reach = (positions - 1) * cases.STRIDE + cases.KERNEL
        padding += [(reach - size) // 2, (reach - size + 1) // 2]
    return functional.pad(x, padding)


def _records(given: inputs.Inputs):
    return (
        torch.from_numpy(given.images.transpose(0, 3, 1, 2).copy()),
        torch.from_numpy(given.fakes.transpose(0, 3, 1, 2).copy()),
        torch.from_numpy(given.mixes),
    )


def _to_torch(case, weights):
    """Convert kernels to [out, in, h, w], and flatten channels first."""
    laid_out = []
    for i, weight in enumerate(weights):
        if weight.ndim == 4:
            weight = weight.transpose(3, 2, 0, 1)
        elif i == 2 * len(case.convolutions):
            parts = weight.reshape(*case.flat_shape, -1)
            weight = parts.transpose(2, 0, 1, 3).reshape(weight.shape)
        laid_out.append(torch.from_numpy(np.ascontiguousarray(weight)))
    return laid_out


def _from_torch(case, weights):
    """Convert to Keras' layout: the inverse of `_to_torch`."""
    height, width, channels = case.flat_shape
    laid_out = []
    for i, weight in enumerate(w.numpy() for w in weights):
        if weight.ndim == 4:
            weight = weight.transpose(2, 3, 1, 0)
        elif i == 2 * len(case.convolutions):
            parts = weight.reshape(channels, height, width, -1)
            weight = parts.transpose(1, 2, 0, 3).reshape(weight.shape)
        laid_out.append(weight)
    return laid_out


if __name__ == "__main__":
    torch.set_num_threads(server.num_threads())
    server.serve(sys.modules[__name__])
