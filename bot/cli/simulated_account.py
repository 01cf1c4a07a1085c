"""The trader's settings on a simulated account; light, so that a refusal comes at once."""

from __future__ import annotations

from dataclasses import replace

from bot.model.settings import AccountPin, BotSettings
from bot.simulator.config import AccountConfig

CYCLE_S = 60.0
"""One cycle per simulated minute, the length of the finest bars."""

_SAVE_EVERY_S = 1_800.0  # every change is saved at once anyway; this is for quiet hours


def simulated_settings(settings: BotSettings, symbols: tuple[str, ...]) -> BotSettings:
    """The trader's settings on a simulated account: its login pinned, one cycle a minute."""
    return replace(
        settings,
        account=account_pin(settings),
        symbols=tuple(item for item in settings.symbols if item.symbol in symbols),
        schedule=replace(
            settings.schedule, poll_interval_s=CYCLE_S, save_at_least_every_s=_SAVE_EVERY_S
        ),
    )


def account_pin(settings: BotSettings) -> AccountPin:
    """The pin of the simulated account, which is that of `account_config`."""
    account = AccountConfig()
    return AccountPin(
        login=account.login,
        server=account.server,
        currency=settings.account.currency or account.currency,
        require_hedging=True,
        initial_balance_money=settings.rules.initial_balance_money,
    )


def account_config(settings: BotSettings) -> AccountConfig:
    """The simulated account the settings are pinned to."""
    return AccountConfig(
        balance_money=settings.rules.initial_balance_money, currency=settings.account.currency
    )
