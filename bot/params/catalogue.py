"""What each symbol is: its class, its broker names and whether it trades at weekends."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.model.settings import SymbolSettings
from bot.params.account import SymbolName
from bot.params.base import Group

BrokerName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._#&+-]{3,24}$",
        json_schema_extra={"patternErrorMessage": "a broker's symbol name such as SP500"},
    ),
]

Currency = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{3}$",
        json_schema_extra={"patternErrorMessage": "a currency code such as USD"},
    ),
]


class CatalogueEntry(Group):
    """One symbol of `symbols.json`."""

    asset_class: Annotated[
        Literal["fx", "metal", "index", "crypto"],
        Field(description="Class that decides commission and trading hours."),
    ]
    broker_names: Annotated[
        tuple[BrokerName, ...],
        Field(
            min_length=1,
            max_length=20,
            description="Names brokers give it, best guess first, without suffix.",
        ),
    ]
    is_volatile: Annotated[
        bool, Field(description="Whether the signal's boost for volatile assets applies.")
    ]
    trades_weekends: Annotated[
        bool, Field(description="Whether it trades on Saturday and Sunday (crypto).")
    ]
    news_currencies: Annotated[
        tuple[Currency, ...],
        Field(
            min_length=1,
            max_length=6,
            description="Currencies whose news concern it; a pair's own two, base first.",
        ),
    ]


class Catalogue(Group):
    """Every symbol we know, by our own name."""

    symbols: Annotated[dict[SymbolName, CatalogueEntry], Field(min_length=1)]

    def settings_of(self, names: tuple[str, ...]) -> tuple[SymbolSettings, ...]:
        """The named symbols in the order given; every name must be known."""
        return tuple(_settings(name, self.symbols[name]) for name in names)


def _settings(name: str, entry: CatalogueEntry) -> SymbolSettings:
    return SymbolSettings(
        symbol=name,
        broker_names=entry.broker_names,
        asset_class=entry.asset_class,
        is_volatile=entry.is_volatile,
        trades_weekends=entry.trades_weekends,
        news_currencies=entry.news_currencies,
    )
