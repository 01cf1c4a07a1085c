"""Hold a small grid of pending orders and move it, levels and all."""

import MetaTrader5 as mt5

SYMBOL, STEP, LEVELS = "AUDUSD", 150, 4

if not mt5.initialize():
    quit(1)
info = mt5.symbol_info(SYMBOL)
point, digits = info.point, info.digits


def level(price):
    return round(price, digits)


tickets = []
mid = mt5.symbol_info_tick(SYMBOL).bid
for i in range(1, LEVELS + 1):
    for kind, sign in ((mt5.ORDER_TYPE_BUY_LIMIT, -1), (mt5.ORDER_TYPE_SELL_LIMIT, 1)):
        price = level(mid + sign * (i * STEP + 50) * point)
        result = mt5.order_send({
            "action": mt5.TRADE_ACTION_PENDING, "symbol": SYMBOL, "volume": 0.01 * i,
            "type": kind, "price": price, "magic": 900 + i,
            "sl": level(price + sign * 300 * point), "tp": level(price - sign * 300 * point),
            "type_time": mt5.ORDER_TIME_DAY, "type_filling": mt5.ORDER_FILLING_RETURN,
        })
        if result is None or result.retcode != mt5.TRADE_RETCODE_DONE:
            print("level", i, "refused", result and result.comment, mt5.last_error())
            continue
        tickets.append(result.order)
print("orders resting:", mt5.orders_total(), "of", 2 * LEVELS)

moved = 0
for order in mt5.orders_get(symbol=SYMBOL):
    sign = -1 if order.type == mt5.ORDER_TYPE_BUY_LIMIT else 1
    price = level(order.price_open + sign * 20 * point)
    result = mt5.order_send({
        "action": mt5.TRADE_ACTION_MODIFY, "order": order.ticket, "symbol": SYMBOL,
        "price": price, "sl": level(price + sign * 200 * point),
        "tp": level(price - sign * 250 * point),
        "type_time": mt5.ORDER_TIME_DAY, "type_filling": mt5.ORDER_FILLING_RETURN,
    })
    moved += result.retcode == mt5.TRADE_RETCODE_DONE
print("orders moved:", moved)

first = mt5.orders_get(ticket=tickets[0])[0]
same = mt5.order_send({
    "action": mt5.TRADE_ACTION_MODIFY, "order": first.ticket, "symbol": SYMBOL,
    "price": first.price_open, "sl": first.sl, "tp": first.tp, "type_time": first.type_time,
})
print("changing nothing:", same.retcode, same.comment)

for ticket in tickets:
    mt5.order_send({"action": mt5.TRADE_ACTION_REMOVE, "order": ticket})
print("orders left:", mt5.orders_total())
mt5.shutdown()
