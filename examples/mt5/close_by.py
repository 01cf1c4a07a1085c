"""Close opposite positions against each other, without paying the spread twice."""

import MetaTrader5 as mt5

if not mt5.initialize():
    print("initialize() failed", mt5.last_error())
    quit(1)

if mt5.account_info().margin_mode != mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING:
    print("close by needs a hedging account")
    mt5.shutdown()
    quit(2)

symbol = "EURUSD"
tick = mt5.symbol_info_tick(symbol)
tickets = []
for kind, price, lots in ((mt5.ORDER_TYPE_BUY, tick.ask, 0.3), (mt5.ORDER_TYPE_SELL, tick.bid, 0.2)):
    result = mt5.order_send({
        "action": mt5.TRADE_ACTION_DEAL, "symbol": symbol, "volume": lots, "type": kind,
        "price": price, "type_filling": mt5.ORDER_FILLING_IOC, "magic": 8,
    })
    print("opened:", result.comment, lots)
    tickets.append(result.order)

print("margin while hedged:", mt5.account_info().margin > 0)
result = mt5.order_send({
    "action": mt5.TRADE_ACTION_CLOSE_BY,
    "symbol": symbol,
    "position": tickets[0],
    "position_by": tickets[1],
})
print("close by:", result.retcode, result.comment)

left = mt5.positions_get(symbol=symbol)
print("left:", [(p.ticket == tickets[0], p.volume) for p in left])
outs = [d for d in mt5.history_deals_get(position=tickets[0]) if d.entry == mt5.DEAL_ENTRY_OUT_BY]
print("out by deals:", len(outs))

mt5.Close(symbol, ticket=tickets[0])
print("positions at the end:", mt5.positions_total())
mt5.shutdown()
