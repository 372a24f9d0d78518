"""Personal numbers in a text, replaced before the text is kept: identity cards, telephones, bank and other accounts, e-mail, passwords."""

from __future__ import annotations

import re
import unicodedata

NUMBER, MAIL, SECRET = "[số]", "[thư điện tử]", "[mật khẩu]"
_LEAST = 7  # digits of a number that may be somebody's
_SIGN = r"[^\s@<>()\[\],;:“”\"]"
_MAIL = re.compile(f"{_SIGN}{{1,64}}@{_SIGN}{{1,255}}")  # bounded: a question may be one word of 100,000 letters
_SECRET = re.compile(
    r"\b(mật\s*khẩu|mat\s*khau|password|pass|mk|otp|mã\s*pin|pin)\b(\s*(?:là|la|is|:|=)\s*)(\S+)", re.IGNORECASE
)
# digits with at most two signs between them, as people group them: "0912 345 678", "(0213) 3876-543", "+84.912.345.678"
_RUN = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]{1,2})?[+(]?\d(?:[ .()\u00a0–-]{0,2}\d)+")
# what looks like it and is nobody's: a day, years from and to
_DAY = re.compile(r"\d{1,2}[.-]\d{1,2}[.-]\d{4}|\d{4}-\d{2}-\d{2}")
_YEARS = re.compile(r"(?:19|20)\d{2}(?:[ –-]{1,3}(?:19|20)\d{2})+")


def masked(text: str) -> str:
    """
    Return *text* without what could be a personal number, an e-mail address or a password; days and years stay.

    It rather takes too much than too little: a long sum of money goes, too. Names of people and numbers in words stay.

    ``masked("CCCD 012345678901, năm 2025-2030") == "CCCD [số], năm 2025-2030"``
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    plain = _SECRET.sub(lambda found: f"{found[1]}{found[2]}{SECRET}", plain)
    plain = _MAIL.sub(MAIL, plain)
    return _RUN.sub(_mask_run, plain)


def _mask_run(found: re.Match[str]) -> str:
    run = found[0]
    rest = _YEARS.sub("", _DAY.sub("", run))
    return NUMBER if sum(letter.isdigit() for letter in rest) >= _LEAST else run
