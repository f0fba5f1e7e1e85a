"""How any of the four programs starts, reads its arguments, writes, fails and ends."""
