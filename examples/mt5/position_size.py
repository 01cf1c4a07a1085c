"""Size a position by the tick value so that the stop costs one percent."""

import argparse
import math

import MetaTrader5 as mt5

parser = argparse.ArgumentParser()
parser.add_argument("--symbols", nargs="+", default=["EURUSD", "GBPJPY", "XAUUSD", "GER40"])
parser.add_argument("--risk", type=float, default=1.0, help="percent of the balance")
parser.add_argument("--stop-points", type=int, default=400)
args = parser.parse_args()

if not mt5.initialize():
    print("initialize() failed", mt5.last_error())
    quit(1)

balance = mt5.account_info().balance
risk_money = balance * args.risk / 100
print(f"balance {balance:.2f}, {args.risk} % = {risk_money:.2f}")

for symbol in args.symbols:
    info = mt5.symbol_info(symbol)
    if info is None:
        print(symbol, "unknown", mt5.last_error())
        continue
    stop_ticks = args.stop_points * info.point / info.trade_tick_size
    loss_per_lot = stop_ticks * info.trade_tick_value_loss
    lots = math.floor(risk_money / loss_per_lot / info.volume_step) * info.volume_step
    lots = round(min(max(lots, info.volume_min), info.volume_max), 2)

    tick = mt5.symbol_info_tick(symbol)
    stop = tick.ask - args.stop_points * info.point
    check = mt5.order_calc_profit(mt5.ORDER_TYPE_BUY, symbol, lots, tick.ask, stop)
    margin = mt5.order_calc_margin(mt5.ORDER_TYPE_BUY, symbol, lots, tick.ask)
    if check is None or margin is None:
        print(symbol, "cannot be calculated", mt5.last_error())
        continue
    print(f"{symbol:8} {lots:8.2f} lots, loss at stop {check:9.2f}, margin {margin:10.2f}")
    assert abs(check) <= risk_money + 0.5, "the stop would cost more than asked for"

mt5.shutdown()
