"""Conversion of colours to sRGB, by the profile that a file embeds."""

import functools
import io
import itertools

from PIL import Image
from PIL import ImageCms

from dpgan_tf.data.pictures import png_chunks

APPLIED = "colour profile applied"
BROKEN = "broken colour profile ignored"
FOREIGN = "colour profile of other channels ignored"
UNTOLD = "colours taken as sRGB's, though PNG chunks say otherwise"

_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
_SAME = 3
"""How far a profile that is itself sRGB may move an 8-bit colour.

Profiles of that name differ in how they round, and in their darkest colours.
"""
_SRGB_GAMMA = 0.45455
_SRGB_CHROMATICITY = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
_STEPS = range(0, 256, 51)


def to_srgb(
    image: Image.Image, profile: bytes | None
) -> tuple[Image.Image, str]:
    """Convert colours to sRGB.

    A profile that cannot be read, or has other channels than the picture, is
    ignored, as in browsers; the second part of the result says so.

    Args:
      image: a picture of mode L, RGB or CMYK.
      profile: the ICC profile that its file embeds, if any.

    Returns:
      The picture, in mode L if that was its own, and what was done.
    """
    if not profile:
        return image, ""
    try:
        transform, is_srgb = _transform(profile, image.mode)
    except _BrokenProfile:
        return image, BROKEN
    if transform is None:
        return image, FOREIGN
    if is_srgb:
        return image, ""
    made = _applied(transform, image)
    return (made.convert("L") if image.mode == "L" else made), APPLIED


def untold(image: Image.Image, content: bytes) -> str:
    """Return whether a PNG file asks for other colours than sRGB's.

    Only profiles are applied; other requests are reported.

    Args:
      image: the opened picture.
      content: the file's content.
    """
    names = png_chunks.names(content)
    if "icc_profile" in image.info:
        return ""
    if b"cICP" in names and b"sRGB" not in names:
        place = content.index(b"cICP") + 4
        return "" if content[place : place + 2] == b"\x01\x0d" else UNTOLD
    if "srgb" in image.info:
        return ""
    gamma = image.info.get("gamma", _SRGB_GAMMA)
    chromaticity = image.info.get("chromaticity", _SRGB_CHROMATICITY)
    differs = abs(gamma - _SRGB_GAMMA) > 0.01 or any(
        abs(one - other) > 0.01
        for one, other in zip(chromaticity, _SRGB_CHROMATICITY, strict=False)
    )
    return UNTOLD if differs else ""


class _BrokenProfile(Exception):
    """A profile that cannot be read, or that gives no transform."""


@functools.lru_cache(maxsize=8)
def _transform(profile, mode):
    """Return the transform to sRGB, and whether it hardly changes colours."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if opened.profile.xcolor_space.strip() != _SPACES[mode]:
            return None, False
        transform = ImageCms.buildTransform(
            opened,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return transform, mode != "CMYK" and _keeps_colours(transform, mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        raise _BrokenProfile from error


def _applied(transform, image):
    return ImageCms.applyTransform(image, transform)


def _keeps_colours(transform, mode):
    if mode == "L":
        probe = Image.frombytes("L", (256, 1), bytes(range(256)))
    else:
        cube = bytes(itertools.chain(*itertools.product(_STEPS, repeat=3)))
        probe = Image.frombytes("RGB", (len(cube) // 3, 1), cube)
    made = _applied(transform, probe).tobytes()
    wanted = probe.convert("RGB").tobytes()
    return all(
        abs(one - other) <= _SAME
        for one, other in zip(made, wanted, strict=True)
    )
