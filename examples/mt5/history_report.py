"""Trade a few times, then print a report of the history as many statements do."""

import random
import time
from collections import defaultdict
from datetime import datetime, timedelta

import MetaTrader5 as mt5
import pandas as pd

random.seed(3)
if not mt5.initialize():
    print("initialize() failed", mt5.last_error())
    quit()

before = mt5.account_info().balance
for symbol in ("EURUSD", "USDJPY", "XAUUSD", "EURUSD"):
    send = random.choice((mt5.Buy, mt5.Sell))
    send(symbol, 0.1)
    time.sleep(1800)
    print(symbol, send.__name__, "closed:", mt5.Close(symbol))
time.sleep(2)  # deals appear after the answer

# one day ahead: the server's clock is before ours
from_date = datetime.now() - timedelta(days=2)
to_date = datetime.now() + timedelta(days=1)
total = mt5.history_deals_total(from_date, to_date)
deals = mt5.history_deals_get(from_date, to_date)
if deals is None:
    print("no deals, error code =", mt5.last_error())
    mt5.shutdown()
    quit(1)
print(f"history_deals_total: {total}, history_deals_get: {len(deals)}")

table = pd.DataFrame(list(deals), columns=deals[0]._asdict().keys())
table["time"] = pd.to_datetime(table["time"], unit="s")
trades = table[table["entry"] == mt5.DEAL_ENTRY_OUT]
print(trades[["time", "symbol", "volume", "price", "profit", "reason"]].to_string(index=False))

by_symbol = defaultdict(float)
for deal in deals:
    if deal.symbol:
        by_symbol[deal.symbol] += deal.profit + deal.swap + deal.commission + deal.fee
for symbol, result in sorted(by_symbol.items()):
    print(f"{symbol:8} {result:10.2f}")

only_dollar_yen = mt5.history_deals_get(from_date, to_date, group="*JPY*")
print("deals in yen pairs:", len(only_dollar_yen))
difference = mt5.account_info().balance - before - sum(by_symbol.values())
print(f"balance explained by the deals: {abs(difference) < 0.005}")
mt5.shutdown()
