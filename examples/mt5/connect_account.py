"""Connect to the terminal and print what the account looks like."""

import MetaTrader5 as mt5

print("MetaTrader5 package", mt5.__version__, "by", mt5.__author__)

if not mt5.initialize():
    print("initialize() failed, error code =", mt5.last_error())
    quit()

print("terminal version:", mt5.version())

terminal = mt5.terminal_info()
print("connected:", terminal.connected, "algo trading:", terminal.trade_allowed)

account = mt5.account_info()
if account is None:
    print("no account, error code =", mt5.last_error())
    mt5.shutdown()
    quit(1)

for name, value in account._asdict().items():
    print(f"  {name} = {value}")

print(f"Account {account.login} holds {account.balance:.2f} {account.currency}, 1:{account.leverage}")
mt5.shutdown()
