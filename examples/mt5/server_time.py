"""The server's clock against the host's: stamps are the server's wall clock as epoch seconds."""

import time
from datetime import datetime, timedelta, timezone

import MetaTrader5 as mt5
import numpy as np
import pandas as pd

mt5.initialize()
utc_now = datetime.now(timezone.utc)
stamp = mt5.symbol_info_tick("EURUSD").time
offset_h = round((stamp - utc_now.timestamp()) / 1800) / 2
print(f"server is UTC+{offset_h:g}")

clocks = (
    time.time(),
    utc_now.timestamp(),
    pd.Timestamp.now("UTC").timestamp(),
    pd.Timestamp("now", tz="UTC").timestamp(),
    float(np.datetime64("now", "s").astype(int)),
)
print("all clocks agree:", max(clocks) - min(clocks) < 2)

server_now = utc_now + timedelta(hours=offset_h)
bars = mt5.copy_rates_from("EURUSD", mt5.TIMEFRAME_M15, server_now, 4)
times = pd.to_datetime(bars["time"], unit="s")
print("last bars open at", ", ".join(times.strftime("%H:%M")))

time.sleep(60 - datetime.now().second)
print("on the minute:", datetime.now().second in (0, 1))
began = time.perf_counter()
while time.perf_counter() - began < 20:
    pass  # a busy wait takes its time, too
print(f"waited {time.perf_counter() - began:.0f} seconds")
mt5.shutdown()
