"""Work on two accounts, one after the other."""

import MetaTrader5 as mt5

ACCOUNTS = [
    (1001001, "first-secret", "Demo-Server"),
    (2002002, "second-secret", "Demo-Server"),
]

login, password, server = ACCOUNTS[0]
if not mt5.initialize(login=login, password=password, server=server, timeout=10000):
    print("initialize() failed", mt5.last_error())
    quit(1)

print("first account:", mt5.account_info().login, "on", mt5.account_info().server)
result = mt5.order_send({
    "action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 0.1, "magic": 1,
    "type": mt5.ORDER_TYPE_BUY, "price": mt5.symbol_info_tick("EURUSD").ask,
    "type_filling": mt5.ORDER_FILLING_IOC,
})
print("bought on the first:", result.comment)

for login, password, server in ACCOUNTS * 2:
    if not mt5.login(login, password=password, server=server):
        print("login failed for", login, mt5.last_error())
        continue
    info = mt5.account_info()
    print(f"{info.login}: balance {info.balance:.2f}, positions {mt5.positions_total()}")

if not mt5.login(0):
    print("no login number:", mt5.last_error())
mt5.login(ACCOUNTS[0][0])
mt5.Close("EURUSD")
print("left on the first:", mt5.positions_total())
mt5.shutdown()
