"""Open a position with stop and target, wait a little, close it."""

import time

import MetaTrader5 as mt5

SYMBOL = "EURUSD"
LOT = 0.1
DEVIATION = 20
MAGIC = 234000

if not mt5.initialize():
    print("initialize() failed, error code =", mt5.last_error())
    quit()

info = mt5.symbol_info(SYMBOL)
if info is None:
    print(SYMBOL, "not found, can not call order_check()")
    mt5.shutdown()
    quit()

if not info.visible:
    print(SYMBOL, "is not visible, trying to switch on")
    if not mt5.symbol_select(SYMBOL, True):
        print("symbol_select failed, exit", SYMBOL)
        mt5.shutdown()
        quit()

point = info.point
price = mt5.symbol_info_tick(SYMBOL).ask
request = {
    "action": mt5.TRADE_ACTION_DEAL,
    "symbol": SYMBOL,
    "volume": LOT,
    "type": mt5.ORDER_TYPE_BUY,
    "price": price,
    "sl": price - 300 * point,
    "tp": price + 300 * point,
    "deviation": DEVIATION,
    "magic": MAGIC,
    "comment": "python script open",
    "type_time": mt5.ORDER_TIME_GTC,
    "type_filling": mt5.ORDER_FILLING_IOC,
}

result = mt5.order_send(request)
if result is None:
    print("order_send got no answer:", mt5.last_error())
    mt5.shutdown()
    quit(1)
print(f"1. order_send(): buy {SYMBOL} {LOT} lots at {price} with deviation={DEVIATION} points")
if result.retcode != mt5.TRADE_RETCODE_DONE:
    print("2. order_send failed, retcode =", result.retcode)
    for name, value in result._asdict().items():
        print(f"   {name}={value}")
        if name == "request":
            for key, part in value._asdict().items():
                print(f"       {key}={part}")
    mt5.shutdown()
    quit(1)

print("2. order_send done, position ticket =", result.order)
time.sleep(2)

positions = mt5.positions_get(ticket=result.order)
if not positions:
    print("3. the position is gone already")
    mt5.shutdown()
    quit()
position = positions[0]
print(f"3. profit after two seconds: {position.profit:.2f}")

tick = mt5.symbol_info_tick(SYMBOL)
close = mt5.order_send(
    {
        "action": mt5.TRADE_ACTION_DEAL,
        "symbol": SYMBOL,
        "volume": position.volume,
        "type": mt5.ORDER_TYPE_SELL,
        "position": position.ticket,
        "price": tick.bid,
        "deviation": DEVIATION,
        "magic": MAGIC,
        "comment": "python script close",
        "type_time": mt5.ORDER_TIME_GTC,
        "type_filling": mt5.ORDER_FILLING_IOC,
    }
)
print("4. close:", close.retcode, close.comment)
print("open positions:", mt5.positions_total())
mt5.shutdown()
