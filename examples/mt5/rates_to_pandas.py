"""Copy bars and ticks into data frames and look at them."""

import sys
from datetime import datetime, timedelta, timezone

import MetaTrader5 as mt5
import pandas as pd

symbol = sys.argv[1] if len(sys.argv) > 1 else "EURUSD"

if not mt5.initialize():
    print("initialize() failed:", mt5.last_error())
    sys.exit(1)

bars = mt5.copy_rates_from_pos(symbol, mt5.TIMEFRAME_H1, 0, 200)
if bars is None:
    print("no bars of", symbol, mt5.last_error())
    mt5.shutdown()
    sys.exit(1)

frame = pd.DataFrame(bars)
frame["time"] = pd.to_datetime(frame["time"], unit="s")
frame["sma20"] = frame["close"].rolling(20).mean()
frame["range"] = frame["high"] - frame["low"]
print(f"{len(frame)} hourly bars of {symbol}")
print(frame[["time", "open", "high", "low", "close", "sma20"]].tail(3).to_string(index=False))
print("rising time:", frame["time"].is_monotonic_increasing)

# A range of days: the terminal takes server time written as UTC.
to_date = datetime.fromtimestamp(int(bars["time"][-1]), tz=timezone.utc)
days = mt5.copy_rates_range(symbol, mt5.TIMEFRAME_D1, to_date - timedelta(days=30), to_date)
print("daily bars of the last 30 days:", len(days))

ticks = pd.DataFrame(
    mt5.copy_ticks_from(symbol, to_date - timedelta(hours=2), 500, mt5.COPY_TICKS_ALL)
)
ticks["time"] = pd.to_datetime(ticks["time_msc"], unit="ms")
ticks["spread"] = ticks["ask"] - ticks["bid"]
print(f"{len(ticks)} ticks, average spread {ticks['spread'].mean():.6f}")

mt5.shutdown()
