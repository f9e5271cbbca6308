"""What the adapters of outside services share: accounts, refusals in words, HTTP with bounds."""
