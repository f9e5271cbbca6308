"""Hearing and speaking on this machine, with models that come in wheels."""


async def warm_up() -> None:
    """Load models and libraries now, so that the first caller does not wait for them.

    Raises :class:`~salesdesk.lib.errors.ProviderError` when one is missing.
    """
    from calls.engines.local.espeak import synthesize
    from calls.engines.local.whisper import shared_workshop

    await shared_workshop().run(lambda recognizer: None)
    synthesize("Hello.")
