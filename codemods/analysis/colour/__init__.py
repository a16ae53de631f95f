"""Which functions are coroutines, and what it takes to make one."""
