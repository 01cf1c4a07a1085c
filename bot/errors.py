"""The errors that travel through the shell, one per reaction.

Answers that are part of normal life (a refused order, an unknown outcome, a failed read) are values
(`bot.model.decision`, `bot.ports`), not exceptions.
"""

from __future__ import annotations


class BotError(Exception):
    """Base of everything the bot raises on purpose; `exit_code` is what the command returns."""

    exit_code = 1


class RefusedError(BotError):
    """A person asked for something that is not done: says why and what is allowed."""


class ParamsError(BotError):
    """A parameter file that cannot be used: names field, value and what is allowed."""


class DataError(BotError):
    """Market history that cannot be trusted: names file, row, value and what is allowed."""


class BrokerUnavailableError(BotError):
    """The terminal gave no usable answer: skip this cycle, place nothing."""


class StoreError(BotError):
    """State could not be written within the allowed tries: no new risk until it can be."""


class NeedsPersonError(BotError):
    """Going on would be a guess; a person has to decide. Nothing was sent."""

    exit_code = 3


class StateCorruptError(NeedsPersonError):
    """No generation of the saved state is valid; the files are kept for inspection."""


class WrongAccountError(NeedsPersonError):
    """The terminal is logged in to another account, server, currency or margin mode."""


class AlreadyRunningError(NeedsPersonError):
    """Another process holds this account's lock."""
