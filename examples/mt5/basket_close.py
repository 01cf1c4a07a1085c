"""Open a basket of symbols and close all of it at a common profit, loss or age."""

import time

import MetaTrader5 as mt5

SYMBOLS = ("EURUSD", "GBPUSD", "AUDUSD")
PROFIT, LOSS, AGE_S = 25.0, -25.0, 6 * 3600


class Basket:
    """Positions with one magic number."""

    def __init__(self, magic):
        self.magic = magic

    def __enter__(self):
        if not mt5.initialize():
            raise RuntimeError(mt5.last_error())
        return self

    def __exit__(self, *error):
        mt5.shutdown()

    def positions(self):
        # positions_get has no filter by magic; an unknown keyword would silently return everything
        return [p for p in mt5.positions_get() if p.magic == self.magic]

    def trade(self, symbol, side, volume, **more):
        tick = mt5.symbol_info_tick(symbol)
        request = {
            "action": mt5.TRADE_ACTION_DEAL,
            "symbol": symbol,
            "volume": volume,
            "type": side,
            "price": (tick.ask, tick.bid)[side],
            "magic": self.magic,
            "type_filling": mt5.ORDER_FILLING_FOK,
        }
        return mt5.order_send(request | more).retcode == mt5.TRADE_RETCODE_DONE

    def close(self):
        return [
            self.trade(p.symbol, 1 - p.type, p.volume, position=p.ticket) for p in self.positions()
        ]


with Basket(magic=77) as basket:
    print("opened:", [basket.trade(symbol, mt5.ORDER_TYPE_BUY, 0.1) for symbol in SYMBOLS])
    began = time.monotonic()
    while LOSS < (profit := sum(p.profit for p in basket.positions())) < PROFIT:
        if time.monotonic() - began > AGE_S:
            break
        time.sleep(15)
    reason = "profit" if profit >= PROFIT else "loss" if profit <= LOSS else "age"
    print(f"closing for {reason} at {profit:.2f}: {basket.close()}")
    print("positions left:", len(basket.positions()))
