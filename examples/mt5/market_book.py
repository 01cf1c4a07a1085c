"""Show the depth of market where there is one."""

import time

import MetaTrader5 as mt5

SYMBOL = "EURUSD"

mt5.initialize()

if not mt5.market_book_add(SYMBOL):
    code, text = mt5.last_error()
    print(f"market_book_add({SYMBOL}) failed, error code = {code} {text}")
    tick = mt5.symbol_info_tick(SYMBOL)
    print(f"no depth of market, the best prices are {tick.bid} / {tick.ask}")
    mt5.shutdown()
    quit()

for _ in range(3):
    items = mt5.market_book_get(SYMBOL)
    if items:
        for item in items:
            side = "sell" if item.type == mt5.BOOK_TYPE_SELL else "buy"
            print(f"{side:5}{item.price:10.5f}{item.volume_dbl:12.2f}")
    else:
        print("the book is empty", mt5.last_error())
    time.sleep(5)

mt5.market_book_release(SYMBOL)
print("depth of market shown")
mt5.shutdown()
