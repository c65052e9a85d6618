"""One verb for each file: read, call pure functions, write.

A service that only computes and writes takes a session and never commits it. One that talks to the
world takes `Resources` and opens short transactions before and after, so that no transaction is
open while the network is.
"""
