"""What the package refuses before anything reaches the server, and what the server refuses."""

from decimal import Decimal

import MetaTrader5 as mt5
import numpy as np

mt5.initialize()
tick = mt5.symbol_info_tick("EURUSD")
GOOD = {
    "action": mt5.TRADE_ACTION_DEAL,
    "symbol": "EURUSD",
    "volume": 0.1,
    "type": mt5.ORDER_TYPE_BUY,
    "price": tick.ask,
    "type_filling": mt5.ORDER_FILLING_IOC,
}
ATTEMPTS = {
    "volume as an int": {"volume": 1},
    "volume as a Decimal": {"volume": Decimal("0.1")},
    "volume as a 32-bit float": {"volume": np.float32(0.1)},
    "stop as 0": {"sl": 0},
    "target as None": {"tp": None},
    "magic as a numpy int": {"magic": np.int64(5)},
    "comment of 30 signs": {"comment": "x" * 30},
    "expiration as a text": {"expiration": "tomorrow"},
    "volume of 0.001": {"volume": 0.001},
    "stop above a buy": {"sl": tick.ask + 0.01},
    "filling as the mask": {"type_filling": 3},
    "unknown symbol": {"symbol": "EURUSDx"},
    "volume as a numpy float": {"volume": np.float64(0.1)},
    "unknown key": {"colour": "red"},
}
for name, change in ATTEMPTS.items():
    result = mt5.order_send(GOOD | change)
    if result is None:
        print(f"{name:<26}not sent  {mt5.last_error()}")
    else:
        print(f"{name:<26}{result.retcode}     {result.comment}")
try:
    mt5.order_send(GOOD | {"magic": -1})
except SystemError as error:
    print(f"negative magic            {type(error.__cause__).__name__}")
print("positions:", mt5.positions_total())
mt5.shutdown()
