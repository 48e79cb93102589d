"""Convert grey, RGB, CMYK and transparent pictures to one or three channels.

Colours become sRGB, and transparent pixels become white.
"""

from PIL import Image

from dpgan_tf.data.pictures import colours as picture_colours

_GREY = ("L", "1", "LA")
_TRANSPARENT = ("RGBA", "LA", "PA", "RGBa")
MODES = ("L", "RGB", "RGBX", "CMYK", "YCbCr", "P", "1", *_TRANSPARENT)
"""Pillow's modes of 8 bits a channel that can be converted."""

_WHITE = (255, 255, 255, 255)


def convert(
    image: Image.Image, *, channels: int
) -> tuple[Image.Image, list[str]]:
    """Return the picture in grey or in three colours, and the changes.

    Args:
      image: a picture of one of `MODES`.
      channels: 3, or 1 for grey.
    """
    is_grey, is_cmyk = image.mode in _GREY, image.mode == "CMYK"
    profile = image.info.get("icc_profile")
    flat, alpha = _without_alpha(image, is_grey)
    flat, colours = picture_colours.to_srgb(flat, profile)
    changes = [colours]
    if alpha is not None:
        flat = _on_white(flat, alpha)
        changes.append("transparency made white")
    if channels == 3 and is_grey:
        changes.append("grey repeated in three colours")
    elif channels == 1 and not is_grey:
        changes.append("colours made grey")
    elif is_cmyk:
        changes.append("CMYK made RGB")
    return flat.convert("RGB" if channels == 3 else "L"), changes


def _without_alpha(image, is_grey):
    """Return the colours in L, RGB or CMYK, and the alpha channel.

    The second is None if nothing is transparent.
    """
    plain = "L" if is_grey else "RGB"
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        alpha = with_alpha.getchannel("A")
        is_opaque = alpha.getextrema()[0] == 255
        return with_alpha.convert("RGB").convert(plain), (
            None if is_opaque else alpha
        )
    return (image if image.mode == "CMYK" else image.convert(plain)), None


def _on_white(image, alpha):
    above = image.convert("RGB")
    above.putalpha(alpha)
    ground = Image.new("RGBA", above.size, _WHITE)
    return Image.alpha_composite(ground, above).convert("RGB")
