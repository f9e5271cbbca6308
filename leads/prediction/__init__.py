"""How likely a lead is to buy, learned from the business's own closed leads.

``features`` and ``scoring`` are pure, ``history`` reads what was known at a moment, ``learning``
fits and judges (scikit-learn, imported there only when it is called), ``services`` keeps the
result, ``predicting`` uses it.
"""
