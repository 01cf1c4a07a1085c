"""Builds journal documents the way the journal writes them: an event's fields plus four more."""

from __future__ import annotations

from dataclasses import asdict

from builders_challenge import high_stakes

from bot.model.events import (
    BotStarted,
    DayClosed,
    DayOpened,
    DealBooked,
    Event,
    OrderAnswered,
    OrderIntended,
    OrderRefused,
    PositionClosed,
    PositionOpened,
    SetupCreated,
    SetupMoved,
)
from bot.report.text import day_number, day_text
from bot.rules.calendar import day_start_utc_s, server_day
from bot.timezones import server_offset_table

DAY = day_number("2026-11-16")  # a Monday in New York winter time: midnight is 22:00 UTC
RULES = high_stakes()


def at(hours: float, day: int = DAY) -> float:
    """UTC seconds of a server time of day."""
    return day_start_utc_s(day, server_offset_table()) + hours * 3_600.0


class Story:
    """Documents with running sequence numbers and a clock that is told where it is."""

    def __init__(self) -> None:
        self.documents: list[dict[str, object]] = []
        self.now_utc_s = at(0.0)

    def tell(self, event: Event, at_utc_s: float | None = None) -> None:
        """Append one event at a moment, the last one's by default."""
        if at_utc_s is not None:
            self.now_utc_s = at_utc_s
        self.documents.append(
            {
                "seq": len(self.documents),
                "at_utc_s": self.now_utc_s,
                "day": server_day(self.now_utc_s, server_offset_table()),
                "event": type(event).__name__,
                **asdict(event),
            }
        )

    def start(self, mode: str = "demo") -> None:
        """The bot starts."""
        self.tell(
            BotStarted(
                version="0.1.0",
                params_hash="7f3a00112233",
                preset="the5ers_high_stakes_classic",
                phase="step1",
                login=5_012_345,
                server="Simulated-Server",
                currency="USD",
                initial_balance_money=20_000.0,
                mode=mode,
                symbols=("EURUSD", "XAUUSD"),
            )
        )

    def open_day(self, day: int = DAY, balance: float = 20_000.0, equity: float = 20_000.0) -> None:
        """The server day begins with a base of the higher of the two."""
        base = max(balance, equity)
        event = DayOpened(day_text(day), balance, equity, base, base * 0.95, 18_000.0, False)
        self.tell(event, max(self.now_utc_s, at(0.0, day)))

    def close_day(
        self, day: int = DAY, balance: float = 20_000.0, *, low: float = 19_900.0, days: int = 0
    ) -> None:
        """The server day ends; told just after its midnight, as the bot does."""
        event = DayClosed(
            date=day_text(day),
            balance_money=balance,
            equity_money=balance,
            lowest_equity_money=low,
            lowest_equity_utc_s=at(14.5, day),
            profitable_day_gain_money=round(balance - 20_000.0, 2),
            is_profitable_day=balance - 20_000.0 >= 100.0,
            profitable_days_count=days,
            closed_profit_money=round(balance - 20_000.0, 2),
            requests_count=7,
            cycles_count=1_440,
            clock_offset_s=7_200.0,
            is_estimated=False,
        )
        self.tell(event, at(0.0, day + 1))

    def setup(self, setup_id: int = 1, symbol: str = "EURUSD", at_utc_s: float = 0.0) -> None:
        """A setup is made and waits for its price."""
        created = SetupCreated(setup_id, symbol, "buy", 1.1, 1.095, 5.0, at(0.0, DAY + 7))
        self.tell(created, at_utc_s or None)

    def move(self, setup_id: int, before: str, after: str, symbol: str = "EURUSD") -> None:
        """A setup changes its status."""
        self.tell(SetupMoved(setup_id, symbol, before, after, "because", 0.21))

    def refuse(
        self,
        refusal: str,
        setup_id: int = 1,
        repeated: int = 0,
        figures: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """An order is refused, with a value against its limit."""
        self.tell(OrderRefused(setup_id, "EURUSD", refusal, *figures, repeated))

    def intend(self, action: str = "open_market", setup_id: int = 1) -> None:
        """A request is about to be sent."""
        self.tell(
            OrderIntended(
                intent_id=len(self.documents),
                magic=1,
                setup_id=setup_id,
                symbol="EURUSD",
                action=action,
                side="buy",
                lots=0.24,
                price=1.1,
                stop_price=1.095,
                risk_money=120.0,
                base_risk_fraction=0.006,
                confluence_factor=1.15,
                brake_factor=1.0,
                evidence="balance 20000.00",
            )
        )

    def answer(self, result: str = "DONE", setup_id: int = 1) -> None:
        """The broker answers."""
        self.tell(
            OrderAnswered(
                1, setup_id, "EURUSD", "open_market", result, 10_009, "Done", 9, 8, 0.24, 1.1
            )
        )

    def deal(self, money: float, ticket: int, **changes: object) -> None:
        """A deal is booked; `money` is its profit."""
        fields: dict[str, object] = {
            "deal_ticket": ticket,
            "order_ticket": ticket,
            "position_id": 100,
            "setup_id": 1,
            "symbol": "EURUSD",
            "side": -1,
            "entry": "OUT",
            "reason": "TARGET",
            "lots": 0.1,
            "price": 1.103,
            "profit_money": money,
            "swap_money": 0.0,
            "commission_money": 0.0,
            "fee_money": 0.0,
            "is_own": True,
            "time_utc_s": self.now_utc_s,
        }
        self.tell(DealBooked(**(fields | changes)))  # type: ignore[arg-type]

    def opened(self, position_id: int = 100, setup_id: int = 1, slippage_r: float = 0.0) -> None:
        """A position opens."""
        self.tell(
            PositionOpened(
                setup_id=setup_id,
                symbol="EURUSD",
                side="buy",
                position_id=position_id,
                lots=0.24,
                wanted_lots=0.24,
                price=1.1,
                planned_price=1.1,
                stop_price=1.095,
                slippage_r=slippage_r,
                risk_money=120.0,
            )
        )

    def closed(self, net: float, position_id: int = 100, reason: str = "TARGET") -> None:
        """A position is over, now."""
        self.tell(
            PositionClosed(
                setup_id=1,
                symbol="EURUSD",
                side="buy",
                position_id=position_id,
                lots=0.24,
                open_price=1.1,
                close_price=1.106,
                opened_utc_s=at(9.0),
                closed_utc_s=self.now_utc_s,
                gross_money=net + 0.96,
                commission_money=-0.96,
                swap_money=0.0,
                net_money=net,
                risk_money=120.0,
                result_r=net / 120.0,
                reason=reason,
                rungs_taken_count=1,
            )
        )


def a_trading_day() -> Story:
    """One closed day: a setup, a trade that wins 143.04 after costs, one refusal."""
    story = Story()
    story.start()
    story.open_day()
    story.setup(at_utc_s=at(0.25))
    story.refuse("SPREAD_TOO_WIDE")
    story.now_utc_s = at(9.0)
    story.intend()
    story.answer()
    story.opened(slippage_r=0.01)
    story.move(1, "awaiting_entry", "filled")
    story.deal(
        0.0, 1, entry="IN", side=1, commission_money=-0.96, reason="EXPERT", price=1.1, lots=0.24
    )
    story.now_utc_s = at(15.0)
    story.deal(144.0, 2)
    story.closed(143.04)
    story.move(1, "filled", "closed")
    story.close_day(balance=20_143.04, days=1)
    return story
