"""How soon leads are reached: the clock, who is told of an arrival, and the figures."""
