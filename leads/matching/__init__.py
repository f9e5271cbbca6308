"""One thing done to all leads that a filter lets through: at once when they are few, else by a
worker.

``audience`` says who is meant, ``services`` takes the wish down with these very leads; ``work``
does it, lead by lead, and may be broken off at any of them; ``permissions`` says who is shown how
far it has come.
"""
