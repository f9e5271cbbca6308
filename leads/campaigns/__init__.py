"""The agent calls lists of leads: who, when, how fast, how often, and when it must stop.

``window``, ``breaker`` and ``following`` are pure, ``pace`` is a token bucket in Redis,
``audience`` says who is meant; ``services`` moves campaigns, ``calling`` claims leads and asks for
dials, ``settling`` takes in what became of them.
"""
