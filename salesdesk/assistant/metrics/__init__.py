"""How well the agent works: definitions, sums by the hour, figures of a period, alerts."""
