"""Plain stand-ins for characters that a console or file cannot show. Imports nothing."""

from __future__ import annotations

THIN_SPACE = "\u202f"
"""Narrow and no-break: a figure is never torn over two lines."""

MINUS = "\u2212"

_BOXES = {
    "\u2500": "-", "\u2501": "-", "\u2502": "|", "\u2503": "|", "\u2550": "=", "\u2551": "|",
    "\u250c": "+", "\u2510": "+", "\u2514": "+", "\u2518": "+", "\u251c": "+", "\u2524": "+",
    "\u252c": "+", "\u2534": "+", "\u253c": "+", "\u256d": "+", "\u256e": "+", "\u256f": "+",
    "\u2570": "+", "\u2578": "-", "\u257a": "-", "\u2588": "#",
}  # fmt: skip

PLAIN = _BOXES | {
    THIN_SPACE: " ",
    "\u00a0": " ",
    MINUS: "-",
    "\u00b7": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2192": "->",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u03a3": "sum",
    "\u0394": "change",
    "\u00d7": "x",
    "\u2026": "...",
    "\u2019": "'",
    "\u2022": "*",
}
"""What to write where a console or file cannot show a character."""


def plain(text: str) -> str:
    """`text` in ASCII; characters without a stand-in become `?`."""
    return "".join(_plain_character(character) for character in text)


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    return PLAIN.get(character, "?")
