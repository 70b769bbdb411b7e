"""Every protocol between the services and the adapters, a file a subject.

Services speak to these and to the domain only; `gateway.app` binds them to adapters. Functions that take
a `Tx` are synchronous and run in a store thread: they may be run twice (a group commit that fails is
replayed one by one), so they have no effect but on the transaction.

Values cross these borders in clear; sealing and opening are the store's business.
"""
