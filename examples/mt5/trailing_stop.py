"""Follow the price with the stop until it is hit."""

import time
from datetime import datetime

import MetaTrader5 as mt5

SYMBOL = "XAUUSD"
TRAIL_POINTS = 300
MAX_DIST_POINTS = 350

mt5.initialize()
info = mt5.symbol_info(SYMBOL)
point, digits = info.point, info.digits
ask = mt5.symbol_info_tick(SYMBOL).ask

result = mt5.order_send({
    "action": mt5.TRADE_ACTION_DEAL,
    "symbol": SYMBOL,
    "volume": 0.1,
    "type": mt5.ORDER_TYPE_BUY,
    "price": ask,
    "sl": round(ask - TRAIL_POINTS * point, digits),
    "deviation": 20,
    "magic": 100,
    "comment": "trail me",
    "type_filling": mt5.ORDER_FILLING_IOC,
})
if result.retcode != mt5.TRADE_RETCODE_DONE:
    print("open failed", result.retcode, result.comment)
    quit(1)
ticket = result.order
print("opened", ticket, "at", result.price)

moves = 0
stop = round(ask - TRAIL_POINTS * point, digits)
started = datetime.now()
while True:
    positions = mt5.positions_get(ticket=ticket)
    if positions is None:
        print("read failed", mt5.last_error())
        time.sleep(1)
        continue
    if len(positions) == 0:
        break
    position = positions[0]
    assert position.sl >= stop - point / 2, "a trailing stop never goes back"
    if position.price_current - position.sl > MAX_DIST_POINTS * point:
        new_stop = round(position.price_current - TRAIL_POINTS * point, digits)
        changed = mt5.order_send({
            "action": mt5.TRADE_ACTION_SLTP,
            "symbol": SYMBOL,
            "position": ticket,
            "sl": new_stop,
            "tp": position.tp,
        })
        if changed.retcode == mt5.TRADE_RETCODE_DONE:
            moves += 1
            stop = new_stop
    time.sleep(10)

deals = mt5.history_deals_get(position=ticket)
out = deals[-1]
print(f"stop moved {moves} times, out at {out.price} by {out.comment!r}, profit {out.profit:.2f}")
print("closed by the stop:", out.reason == mt5.DEAL_REASON_SL, "after", datetime.now() - started)
mt5.shutdown()
