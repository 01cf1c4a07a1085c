"""List what the broker offers and rank it by spread against the daily range."""

from MetaTrader5 import *

if not initialize():
    print("initialize() failed", last_error())
    quit(1)

symbols = symbols_get()
print("symbols_total:", symbols_total(), "symbols_get:", len(symbols))

majors = symbols_get("*USD*,!*XA*,!*BTC*,!*ETH*")
print("with the dollar, without metals and crypto:", ", ".join(s.name for s in majors))

rows = []
for symbol in symbols:
    if not symbol.select and not symbol_select(symbol.name, True):
        continue
    tick = symbol_info_tick(symbol.name)
    bars = copy_rates_from_pos(symbol.name, TIMEFRAME_D1, 1, 14)
    if tick is None or bars is None or len(bars) < 14:
        print("skipped", symbol.name, last_error())
        continue
    average_range = float((bars["high"] - bars["low"]).mean())
    rows.append((100 * (tick.ask - tick.bid) / average_range, symbol.name, symbol.path, average_range))

print(f"{'symbol':10} {'spread/range':>12}  path")
for share, name, path, _ in sorted(rows)[:5]:
    print(f"{name:10} {share:11.2f}%  {path}")
print("ranked:", len(rows))

print("no such symbol:", symbol_info("NOSUCH"), last_error())
print("nothing matches:", symbols_get("ZZZ*"))
shutdown()
