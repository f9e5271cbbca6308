"""Dials become calls: claimed once, asked of the gate, placed, and told how they went.

``placing`` hands each dial to what places its kind: ``agent`` lets the AI call,
``rep`` rings a rep's phone and connects it with the lead's. ``reporting``
tells dials what their calls came to.
"""
