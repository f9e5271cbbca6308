"""Ready mode: reps who work through the leads that a person should call."""
