"""Move the stop to the entry as soon as the trade has earned its risk."""

import logging
import sys
import time

import MetaTrader5 as mt5

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
log = logging.getLogger("breakeven")

SYMBOL, RISK_POINTS = "EURUSD", 60


class Trade:
    def __init__(self, side):
        self.info = mt5.symbol_info(SYMBOL)
        self.is_buy = side == "buy"
        self.sign = 1 if self.is_buy else -1
        self.ticket = None

    def open(self):
        tick = mt5.symbol_info_tick(SYMBOL)
        price = tick.ask if self.is_buy else tick.bid
        distance = RISK_POINTS * self.info.point
        result = mt5.order_send({
            "action": mt5.TRADE_ACTION_DEAL,
            "symbol": SYMBOL,
            "volume": 0.5,
            "type": mt5.ORDER_TYPE_BUY if self.is_buy else mt5.ORDER_TYPE_SELL,
            "price": price,
            "sl": round(price - self.sign * distance, self.info.digits),
            "tp": round(price + self.sign * 3 * distance, self.info.digits),
            "deviation": 10,
            "type_filling": mt5.ORDER_FILLING_FOK,
        })
        if result is None or result.retcode != mt5.TRADE_RETCODE_DONE:
            raise RuntimeError(f"not opened: {result} {mt5.last_error()}")
        self.ticket = result.order
        log.info("opened %s at %s", self.ticket, result.price)

    def manage(self):
        """False when the position is gone."""
        found = mt5.positions_get(ticket=self.ticket)
        if not found:
            return False
        position = found[0]
        earned = self.sign * (position.price_current - position.price_open)
        if earned >= RISK_POINTS * self.info.point and position.sl != position.price_open:
            result = mt5.order_send({
                "action": mt5.TRADE_ACTION_SLTP, "symbol": SYMBOL, "position": self.ticket,
                "sl": position.price_open, "tp": position.tp,
            })
            log.info("stop to break even: %s", result.comment)
        return True


if __name__ == "__main__":
    if not mt5.initialize():
        sys.exit(f"no terminal: {mt5.last_error()}")
    trades = [Trade("buy"), Trade("sell")]
    for trade in trades:
        trade.open()
    while any([trade.manage() for trade in trades]):
        time.sleep(5)
    for trade in trades:
        out = mt5.history_deals_get(position=trade.ticket)[-1]
        log.info("%s out at %s %s profit %.2f", trade.ticket, out.price, out.comment, out.profit)
    print("both trades are closed:", mt5.positions_total() == 0)
    mt5.shutdown()
