"""Watch several symbols from a thread until Ctrl-C or for a number of rounds."""

import sys
import threading
import time

import MetaTrader5 as mt5

SYMBOLS = ["EURUSD", "USDJPY", "XAUUSD"]
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 0

if not mt5.initialize():
    print("initialize() failed", mt5.last_error())
    sys.exit(1)

changes = dict.fromkeys(SYMBOLS, 0)
stop = threading.Event()


def count_changes():
    last = {}
    while not stop.wait(5):
        for symbol in SYMBOLS:
            tick = mt5.symbol_info_tick(symbol)
            if tick is not None and last.get(symbol) != tick.time_msc:
                last[symbol] = tick.time_msc
                changes[symbol] += 1


counter = threading.Thread(target=count_changes)
counter.start()
started = time.time()
shown = 0
try:
    while rounds == 0 or shown < rounds:
        line = []
        for symbol in SYMBOLS:
            tick = mt5.symbol_info_tick(symbol)
            line.append(f"{symbol} {tick.bid}/{tick.ask}")
        print(time.strftime("%H:%M:%S"), "  ".join(line), flush=True)
        shown += 1
        time.sleep(15)
except KeyboardInterrupt:
    print("stopped by the user")
finally:
    stop.set()
    counter.join()
    mt5.shutdown()

print(f"{shown} rounds in {time.time() - started:.0f} seconds")
print("all symbols moved:", all(changes.values()))
