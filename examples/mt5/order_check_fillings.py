"""Find out which filling mode the broker takes, by asking."""

import MetaTrader5 as mt5

if not mt5.initialize():
    print("initialize() failed", mt5.last_error())
    quit(1)

NAMES = {
    mt5.ORDER_FILLING_FOK: "FOK",
    mt5.ORDER_FILLING_IOC: "IOC",
    mt5.ORDER_FILLING_RETURN: "RETURN",
}


def find_filling_mode(symbol):
    for mode in NAMES:
        request = {
            "action": mt5.TRADE_ACTION_DEAL,
            "symbol": symbol,
            "volume": mt5.symbol_info(symbol).volume_min,
            "type": mt5.ORDER_TYPE_BUY,
            "price": mt5.symbol_info_tick(symbol).ask,
            "type_filling": mode,
            "type_time": mt5.ORDER_TIME_GTC,
        }
        result = mt5.order_check(request)
        print(f"  {NAMES[mode]:7} retcode {result.retcode:6} {result.comment}")
        if result.comment == "Done":
            return mode
    return None


for name in ("EURUSD", "XAUUSD", "NAS100"):
    info = mt5.symbol_info(name)
    print(name, "mask", info.filling_mode, "execution", info.trade_exemode)
    mode = find_filling_mode(name)
    print(name, "takes", NAMES.get(mode, "nothing"))

returned = mt5.order_check({"action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 0.1,
                            "type": mt5.ORDER_TYPE_BUY, "type_filling": mt5.ORDER_FILLING_RETURN,
                            "price": mt5.symbol_info_tick("EURUSD").ask})
print("RETURN with market execution:", returned.retcode, returned.comment)

huge = mt5.order_check({"action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 100.0,
                        "type": mt5.ORDER_TYPE_BUY, "type_filling": mt5.ORDER_FILLING_IOC,
                        "price": mt5.symbol_info_tick("EURUSD").ask})
print("a hundred lots:", huge.retcode, huge.comment)
bad = mt5.order_check({"action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 1,
                       "type": mt5.ORDER_TYPE_BUY})
print("volume as an int:", bad, mt5.last_error())
mt5.shutdown()
