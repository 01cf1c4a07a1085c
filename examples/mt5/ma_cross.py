"""Trade the crossing of two moving averages on M1 bars for an hour, always in the market."""

import time
from datetime import datetime

import MetaTrader5 as mt5
import pandas as pd

SYMBOL = "EURUSD"
FAST, SLOW = 5, 20


def wanted_side():
    """Buy while the fast average of closed bars is above the slow one."""
    bars = pd.DataFrame(mt5.copy_rates_from_pos(SYMBOL, mt5.TIMEFRAME_M1, 1, SLOW + 5))
    fast = bars["close"].rolling(FAST).mean().iloc[-1]
    slow = bars["close"].rolling(SLOW).mean().iloc[-1]
    return mt5.ORDER_TYPE_BUY if fast > slow else mt5.ORDER_TYPE_SELL


def deal(side, **more):
    tick = mt5.symbol_info_tick(SYMBOL)
    return mt5.order_send(
        {
            "action": mt5.TRADE_ACTION_DEAL,
            "symbol": SYMBOL,
            "volume": 0.1,
            "type": side,
            "price": tick.ask if side == mt5.ORDER_TYPE_BUY else tick.bid,
            "deviation": 20,
            "magic": 520,
            "type_filling": mt5.ORDER_FILLING_IOC,
            **more,
        }
    )


def close_all():
    for position in mt5.positions_get(symbol=SYMBOL):
        result = deal(1 - position.type, position=position.ticket)
        assert result.retcode == mt5.TRADE_RETCODE_DONE, result


def main():
    if not mt5.initialize():
        print("initialize() failed", mt5.last_error())
        return
    side, turns = None, 0
    for _ in range(60):
        wanted = wanted_side()
        if wanted != side:
            close_all()
            result = deal(wanted)
            assert result.retcode == mt5.TRADE_RETCODE_DONE, result
            side, turns = wanted, turns + 1
            name = "buy" if side == mt5.ORDER_TYPE_BUY else "sell"
            print(f"{datetime.now():%H:%M:%S} {name} at {result.price}")
        time.sleep(60)
    close_all()
    print(f"turns: {turns}, positions: {mt5.positions_total()}")
    mt5.shutdown()


if __name__ == "__main__":
    main()
