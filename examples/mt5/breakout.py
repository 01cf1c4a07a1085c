"""Two stop orders around the last two hours; the one that is left is removed when one fills."""

import time

import MetaTrader5 as mt5

SYMBOL = "GBPUSD"
HOURS = 6


def place(kind, price, stop, expires):
    result = mt5.order_send(
        {
            "action": mt5.TRADE_ACTION_PENDING,
            "symbol": SYMBOL,
            "volume": 0.1,
            "type": kind,
            "price": float(price),  # a numpy float passes, an int would not
            "sl": float(stop),
            "type_time": mt5.ORDER_TIME_SPECIFIED,
            "expiration": expires,
            "type_filling": mt5.ORDER_FILLING_RETURN,
        }
    )
    print(f"order {result.order}: {result.retcode} {result.comment}")
    return result.order


if not mt5.initialize():
    quit()
bars = mt5.copy_rates_from_pos(SYMBOL, mt5.TIMEFRAME_M15, 1, 8)
high, low = bars["high"].max(), bars["low"].min()
expires = mt5.symbol_info_tick(SYMBOL).time + HOURS * 3600
tickets = {
    place(mt5.ORDER_TYPE_BUY_STOP, high, low, expires),
    place(mt5.ORDER_TYPE_SELL_STOP, low, high, expires),
}

while mt5.orders_total() == 2:
    time.sleep(5)

for order in mt5.orders_get(symbol=SYMBOL):
    removed = mt5.order_send({"action": mt5.TRADE_ACTION_REMOVE, "order": order.ticket})
    print("other order removed:", removed.retcode == mt5.TRADE_RETCODE_DONE)
for position in mt5.positions_get(symbol=SYMBOL):
    level = high if position.type == mt5.POSITION_TYPE_BUY else low
    beyond = position.price_open - level if level == high else level - position.price_open
    print("filled at the level or beyond:", beyond > -1e-9, "own ticket:", position.ticket in tickets)
print("orders left:", mt5.orders_total())
mt5.shutdown()
