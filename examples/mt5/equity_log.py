"""Write the account's equity beside the script every minute, and read it back."""

import csv
import logging
import sys
import time
from datetime import datetime
from pathlib import Path

import MetaTrader5 as mt5
import pandas as pd

logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
path = Path(__file__).parent / "equity.csv"

if not mt5.initialize():
    logging.error("initialize() failed: %s", mt5.last_error())
    sys.exit(1)
mt5.Buy("EURUSD", 0.5)
with path.open("w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["time", "equity"])
    for _ in range(rounds):
        rows.writerow([datetime.now().isoformat(timespec="seconds"), mt5.account_info().equity])
        time.sleep(60)
mt5.Close("EURUSD")
log = pd.read_csv(path, parse_dates=["time"])
steps = log["time"].diff().dropna().dt.total_seconds()
logging.info("%d rows, %.0f seconds apart", len(log), steps.mean())
print(log.describe().loc[["min", "max"], "equity"].round(2).to_dict())
mt5.shutdown()
