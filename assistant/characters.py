"""Characters that a question may be sent with and that are none."""

from __future__ import annotations


def whole_characters(text: str) -> str:
    """
    Return *text* with "\ufffd" for every half of a surrogate pair, and halves that belong together joined.

    JSON can name a half by itself, and a script that cuts an emoji in two does. It is no character: it can neither be written as
    UTF-8, so neither stored nor sent, nor segmented.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
