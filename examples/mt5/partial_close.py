"""Take half off a position, then half of the rest, then everything."""

import MetaTrader5 as mt5

symbol = "GBPUSD"
volume = 0.4

if not mt5.initialize():
    print("could not connect:", mt5.last_error())
    raise SystemExit(1)


def send(**request):
    result = mt5.order_send(
        {"deviation": 10, "magic": 77, "type_filling": mt5.ORDER_FILLING_FOK, **request}
    )
    if result is None:
        print("no answer", mt5.last_error())
    elif result.retcode != mt5.TRADE_RETCODE_DONE:
        print("refused:", result.retcode, result.comment)
    return result


def close_part(ticket, lots):
    position = mt5.positions_get(ticket=ticket)[0]
    is_buy = position.type == mt5.POSITION_TYPE_BUY
    tick = mt5.symbol_info_tick(position.symbol)
    return send(
        action=mt5.TRADE_ACTION_DEAL,
        symbol=position.symbol,
        volume=lots,
        type=mt5.ORDER_TYPE_SELL if is_buy else mt5.ORDER_TYPE_BUY,
        position=ticket,
        price=tick.bid if is_buy else tick.ask,
    )


opened = send(
    action=mt5.TRADE_ACTION_DEAL,
    symbol=symbol,
    volume=volume,
    type=mt5.ORDER_TYPE_SELL,
    price=mt5.symbol_info_tick(symbol).bid,
)
ticket = opened.order
step = mt5.symbol_info(symbol).volume_step

while mt5.positions_get(ticket=ticket):
    left = mt5.positions_get(ticket=ticket)[0].volume
    part = max(step, round(left / 2 / step) * step) if left > 2 * step else left
    result = close_part(ticket, round(part, 2))
    if result is None or result.retcode != mt5.TRADE_RETCODE_DONE:
        break
    print(f"closed {part:.2f} of {left:.2f} at {result.price}")

deals = mt5.history_deals_get(position=ticket)
closed = sum(deal.volume for deal in deals if deal.entry == mt5.DEAL_ENTRY_OUT)
print(f"{len(deals)} deals, {closed:.2f} lots closed, {mt5.positions_total()} positions left")

too_much = mt5.order_send({"action": mt5.TRADE_ACTION_DEAL, "symbol": symbol, "volume": 0.001,
                           "type": mt5.ORDER_TYPE_BUY, "price": mt5.symbol_info_tick(symbol).ask})
print("an impossible volume gives", too_much.retcode, too_much.comment)
mt5.shutdown()
