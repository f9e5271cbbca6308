"""What people are told, in the app, by e-mail, Slack and SMS; and messages to customers."""
