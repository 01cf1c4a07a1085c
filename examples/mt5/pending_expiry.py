"""Place a limit order far away that expires, and one that is taken back."""

import time
from datetime import datetime, timezone

import MetaTrader5 as mt5

SYMBOL = "USDJPY"

if not mt5.initialize():
    print("initialize() failed", mt5.last_error())
    exit(1)

info = mt5.symbol_info(SYMBOL)
tick = mt5.symbol_info_tick(SYMBOL)
price = round(tick.ask - 2000 * info.point, info.digits)

order = {
    "action": mt5.TRADE_ACTION_PENDING,
    "symbol": SYMBOL,
    "volume": 0.2,
    "type": mt5.ORDER_TYPE_BUY_LIMIT,
    "price": price,
    "sl": round(price - 500 * info.point, info.digits),
    "tp": round(price + 1000 * info.point, info.digits),
    "magic": 5150,
    "comment": "expires",
    "type_time": mt5.ORDER_TIME_SPECIFIED,
    "expiration": int(tick.time) + 15 * 60,  # server time, as everything here
    "type_filling": mt5.ORDER_FILLING_RETURN,
}
placed = mt5.order_send(order)
print("placed:", placed.retcode, placed.comment, "ticket", placed.order)

kept = mt5.order_send({**order, "type_time": mt5.ORDER_TIME_GTC, "expiration": 0, "comment": "gtc"})
print("placed:", kept.retcode, kept.comment, "ticket", kept.order)
wrong = mt5.order_send({**order, "price": round(tick.ask + 500 * info.point, info.digits),
                        "sl": 0.0, "tp": 0.0})
print("a buy limit above the market:", wrong.retcode, wrong.comment)

waited = 0
while mt5.orders_get(ticket=placed.order):
    time.sleep(60)
    waited += 1
done = mt5.history_orders_get(ticket=placed.order)[0]
print(f"gone after {waited} minutes, expired: {done.state == mt5.ORDER_STATE_EXPIRED}")
print("done at", datetime.fromtimestamp(done.time_done, tz=timezone.utc), "server time")

removed = mt5.order_send({"action": mt5.TRADE_ACTION_REMOVE, "order": kept.order})
print("removed:", removed.retcode, "orders left:", mt5.orders_total())
mt5.shutdown()
