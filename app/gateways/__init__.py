"""Everything outside: the network, the mail server, the child processes that read."""
