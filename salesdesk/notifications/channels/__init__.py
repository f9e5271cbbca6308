"""The channels: e-mail, Slack and SMS, each behind the one Protocol in ``base.py``."""
