"""Watch several symbols with asyncio, with a time limit for one that takes too long."""

import asyncio
import time

import MetaTrader5 as mt5


async def watch(symbol, every_s, times):
    quotes = []
    for _ in range(times):
        quotes.append(mt5.symbol_info_tick(symbol).bid)
        await asyncio.sleep(every_s)
    print(f"{symbol}: {len(quotes)} quotes, {len(set(quotes))} different")


async def main():
    if not mt5.initialize():
        raise SystemExit(f"initialize() failed {mt5.last_error()}")
    began = time.time()
    await asyncio.gather(watch("EURUSD", 30, 4), watch("XAUUSD", 60, 2))
    print(f"both watched in {time.time() - began:.0f} seconds")
    account = await asyncio.to_thread(mt5.account_info)
    print(f"asked in a thread: {account.balance:.2f} {account.currency}")
    try:
        await asyncio.wait_for(watch("EURUSD", 600, 1), timeout=45)
    except TimeoutError:
        print(f"given up after {time.time() - began:.0f} seconds")
    mt5.shutdown()


asyncio.run(main())
