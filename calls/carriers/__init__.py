"""Carriers connect calls to the telephone network. Twilio is the one that ships."""
