"""Words in a picture that come from a schema."""


def short(text: str, most: int) -> str:
    """Return a text that a picture shows as it is, or its first characters.

    Args:
      text: the text; dollar signs do not begin a formula.
      most: largest number of characters.
    """
    shown = "".join(c if c.isprintable() else " " for c in text)
    if len(shown) > most:
        shown = shown[: most - 1] + "…"
    return shown.replace("$", r"\$")
