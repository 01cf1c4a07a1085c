"""Parameters of the account, of what is traded on it, and of what trading costs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from bot.model.challenge import CashPolicy, EnginePolicy, SnapshotPolicy
from bot.model.settings import AccountPin, CommissionTerms
from bot.params.base import Group, choice, fraction, many, number, switch, text

ASSET_CLASSES = ("fx", "metal", "index", "crypto")

_SUFFIXES = ("", ".r", ".a", ".b", ".m", ".i", ".pro", ".raw", ".ecn", ".std", ".cash")
_MORE_SUFFIXES = ("m", "pro", "_", ".", "#", "+")

_FX = (
    "AUDCAD AUDCHF AUDJPY AUDNZD AUDUSD CADCHF CADJPY CHFJPY EURAUD EURCAD EURCHF EURGBP EURJPY "
    "EURNZD EURUSD GBPAUD GBPCAD GBPCHF GBPJPY GBPNZD GBPUSD NZDCAD NZDCHF NZDJPY NZDUSD USDCAD "
    "USDCHF USDJPY"
)
_OTHERS = "XAUUSD XAGUSD SPX500 NAS100 UK100 US30 GER40 BTCUSD ETHUSD"

SymbolName = Annotated[
    str,
    Field(
        pattern=r"^[A-Z][A-Z0-9]{2,11}$",
        json_schema_extra={"patternErrorMessage": "a symbol name in capitals such as EURUSD"},
    ),
]
Suffix = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._#+-]{0,8}$",
        json_schema_extra={"patternErrorMessage": "a short broker suffix such as .r, or empty"},
    ),
]


class AccountParams(Group):
    """Which account may be traded, under which rules, and how our orders are marked."""

    firm_preset: Annotated[
        str,
        text(
            "the5ers_high_stakes_classic",
            r"^[a-z0-9_]{3,64}$",
            "the name of a file in firms/ without .json",
            "Rule set of the firm: the name of a file in params/firms, without .json.",
        ),
    ]
    phase: Annotated[
        str,
        text(
            "step1",
            r"^[a-z0-9_]{1,32}$",
            "a phase the preset names, such as step1",
            "Phase of the challenge this account is in, as the preset names it.",
        ),
    ]
    initial_balance_money: Annotated[
        float,
        number(
            20_000.0,
            1_000.0,
            1_000_000.0,
            "Balance the account began this phase with, in its currency; the total floor and the "
            "target follow from it.",
        ),
    ]
    currency: Annotated[
        str,
        text(
            "USD",
            r"^[A-Z]{3}$",
            "a currency code such as USD",
            "Currency of the account; the bot refuses an account in another one.",
        ),
    ]
    login: Annotated[
        int,
        number(
            0,
            0,
            9_999_999_999,
            "Account number that may be traded; the bot refuses every other one. 0 pins none.",
        ),
    ]
    server: Annotated[
        str,
        text(
            "",
            r"^[A-Za-z0-9 ._()-]{0,64}$",
            "a trade server's name, or empty",
            "Trade server the account lives on, as the terminal shows it. Empty pins none.",
        ),
    ]
    require_hedging: Annotated[
        bool,
        switch(
            "Refuse an account in netting mode, where two trades of a symbol merge into one.",
            recommended=True,
        ),
    ]
    magic_base: Annotated[
        int,
        number(
            5_020,
            1,
            32_767,
            "Number that marks this bot's orders (the top bits of their magic); two bots on one "
            "account need two numbers.",
        ),
    ]
    snapshot_policy: Annotated[
        Literal["prev_close", "max_pre_post"],
        choice(
            "max_pre_post",
            "Which readings begin a day, since firms do not say: prev_close takes the last ones "
            "before the reset, max_pre_post the higher of those and the first ones after it.",
        ),
    ]
    cash_policy: Annotated[
        Literal["shift_base", "literal"],
        choice(
            "shift_base",
            "What a payout or deposit does to the day: shift_base moves its base and keeps the "
            "money out of profit and loss, literal leaves the base and counts it.",
        ),
    ]
    inactivity_alarm_days: Annotated[
        int,
        number(
            25,
            1,
            365,
            "Days without a newly opened trade after which the bot raises an alarm; firms close "
            "an idle account after 30 or more.",
        ),
    ]

    def to_policy(self) -> EnginePolicy:
        """How the rules read what the firm does not publish."""
        return EnginePolicy(
            SnapshotPolicy[self.snapshot_policy.upper()].value,
            CashPolicy[self.cash_policy.upper()].value,
        )

    def to_settings(self) -> AccountPin:
        """The account pin as the shell needs it."""
        return AccountPin(
            login=self.login,
            server=self.server,
            currency=self.currency,
            require_hedging=self.require_hedging,
            initial_balance_money=self.initial_balance_money,
        )


class UniverseParams(Group):
    """What is traded; what each symbol is stands in symbols.json."""

    symbols: Annotated[
        tuple[SymbolName, ...],
        many(
            [*_FX.split(), *_OTHERS.split()],
            1,
            100,
            "Symbols to trade, by our own names; each must be described in symbols.json. Leave "
            "one out to stop trading it.",
        ),
    ]
    broker_suffixes: Annotated[
        tuple[Suffix, ...],
        many(
            [*_SUFFIXES, *_MORE_SUFFIXES],
            1,
            50,
            "Endings a broker may put behind a symbol's name, tried in this order; the empty one "
            "is the plain name.",
        ),
    ]


def _terms(money_per_lot: float, notional_pct: float) -> dict[str, JsonValue]:
    return {
        "commission_money_per_lot": money_per_lot,
        "commission_notional_pct": notional_pct,
    }


class CommissionParams(Group):
    """Round-trip commission of one asset class."""

    commission_money_per_lot: Annotated[
        float,
        number(0.0, 0.0, 60.0, "Fixed commission for opening and closing one lot."),
    ]
    commission_notional_pct: Annotated[
        float,
        number(
            0.0,
            0.0,
            0.1,
            "Commission for opening and closing, in percent of the position's notional value.",
        ),
    ]


class CostsParams(Group):
    """What the firm charges, because no interface of the terminal announces it before a deal.

    Rates of The5ers: FX 4 per lot, indices none, metals and crypto a share of the notional value
    (firm's page of 2026-07-22; the shares are estimates on the safe side).
    """

    fx: Annotated[CommissionParams, Field(json_schema_extra={"default": _terms(4.0, 0.0)})]
    metal: Annotated[CommissionParams, Field(json_schema_extra={"default": _terms(0.0, 0.002)})]
    index: Annotated[CommissionParams, Field(json_schema_extra={"default": _terms(0.0, 0.0)})]
    crypto: Annotated[CommissionParams, Field(json_schema_extra={"default": _terms(0.0, 0.06)})]

    def to_settings(self) -> tuple[CommissionTerms, ...]:
        """One entry per asset class."""
        return tuple(
            CommissionTerms(
                asset_class=name,
                money_per_lot=terms.commission_money_per_lot,
                notional_fraction=fraction(terms.commission_notional_pct),
            )
            for name, terms in self._by_class()
        )

    def _by_class(self) -> tuple[tuple[str, CommissionParams], ...]:
        return (
            ("fx", self.fx),
            ("metal", self.metal),
            ("index", self.index),
            ("crypto", self.crypto),
        )
