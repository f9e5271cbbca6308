"""Engines hear the caller and speak for the agent.

Two ship with the product: ``realtime`` (OpenAI speech-to-speech) and ``cascade`` (speech to text,
the text agent, text to speech). The setting ``VOICE_ENGINES`` names them.
"""
