"""Slack, SendGrid and a mail server on this machine, which speak what the channels use."""
