"""OpenAI's Realtime API in words and values: what is sent, without state, clock or socket.

Shapes are those of the ``openai`` package (``openai.types.realtime``). Audio frames bypass its
types: a frame costs it 128 µs to send and 45 µs to read, a slice under a microsecond.
https://developers.openai.com/api/docs/guides/realtime-conversations
"""

import json
from collections.abc import Mapping
from typing import Literal

from openai.types.realtime import (
    AudioTranscriptionParam,
    NoiseReductionType,
    RealtimeAudioConfigInputParam,
    RealtimeFunctionToolParam,
    RealtimeResponseCreateParamsParam,
    RealtimeSessionCreateRequestParam,
    RealtimeToolsConfigUnionParam,
    SessionUpdateEventParam,
)
from openai.types.realtime.realtime_audio_input_turn_detection_param import ServerVad

from calls.live.events import AgentAudio
from calls.live.profile import CallProfile

END_CALL_TOOL = "end_call"
SAY_INSTRUCTIONS = (
    "Say exactly the following line, word for word, in the language it is written in. "
    "Add nothing, leave nothing out and do not answer it.\n\nLine: "
)
CARRY_ON_INSTRUCTIONS = (
    "A brief fault on the line cut off what you were saying. "
    "Go on from where it stopped, without starting again."
)
ASK_AGAIN_INSTRUCTIONS = (
    "A brief fault on the line kept you from hearing the caller's last words. "
    "Apologise in a few words and ask the caller to repeat them."
)
RESUMED_INSTRUCTIONS = (
    "This call was interrupted for a moment and goes on from the conversation so far: "
    "do not greet the caller again."
)

LONGEST_SILENCE_MS = 5_000

_APPEND_BEFORE = '{"type":"input_audio_buffer.append","audio":"'
_APPEND_AFTER = '"}'
_AUDIO_TYPE = "response.output_audio.delta"
_QUOTED_AUDIO_TYPE = f'"{_AUDIO_TYPE}"'
_TYPE_FIELD = f'"type":"{_AUDIO_TYPE}"'
_ITEM_FIELD = '"item_id":"'
_DELTA_FIELD = '"delta":"'


# ---------------------------------------------------------------- audio, past the typed events


def append_message(payload: str) -> str:
    """The ``input_audio_buffer.append`` event for a base64 payload, which is not escaped."""
    return _APPEND_BEFORE + payload + _APPEND_AFTER


def agent_audio(message: str) -> AgentAudio | None:
    """The audio of a ``response.output_audio.delta`` message, ``None`` for any other message.

    Slices a flat object without whitespace or escapes, as the API writes it; reads any other
    form as JSON. A quotation mark inside a JSON string is escaped, so a message that holds the
    quoted type without being such an event is found out at the latest by then.
    """
    if _QUOTED_AUDIO_TYPE not in message:
        return None
    if _TYPE_FIELD not in message or "\\" in message or message.find("{", 1) != -1:
        return _audio_from_json(message)
    item_at = message.find(_ITEM_FIELD)
    delta_at = message.find(_DELTA_FIELD)
    if item_at == -1 or delta_at == -1:
        return _audio_from_json(message)
    item_at += len(_ITEM_FIELD)
    delta_at += len(_DELTA_FIELD)
    item_end = message.find('"', item_at)
    delta_end = message.find('"', delta_at)
    if item_end == -1 or delta_end == -1:
        return None
    return AgentAudio(message[item_at:item_end], message[delta_at:delta_end])


def _audio_from_json(message: str) -> AgentAudio | None:
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or event.get("type") != _AUDIO_TYPE:
        return None
    item_id, payload = event.get("item_id"), event.get("delta")
    if not isinstance(item_id, str) or not isinstance(payload, str):
        return None
    return AgentAudio(item_id, payload)


# ---------------------------------------------------------------- the session


def session_update(
    profile: CallProfile,
    *,
    transcription_model: str,
    vad: Mapping[str, float],
    noise_reduction: NoiseReductionType,
) -> SessionUpdateEventParam:
    """How the provider is to hear and speak on this call.

    The GA API has no ``temperature`` (it refuses the parameter), so the profile's becomes a
    sentence of the instructions; see :func:`style_for`.
    """
    session: RealtimeSessionCreateRequestParam = {
        "type": "realtime",
        "output_modalities": ["audio"],
        "instructions": instructions_for(profile),
        "audio": {
            "input": _hearing(profile, transcription_model, vad, noise_reduction),
            "output": {"format": {"type": "audio/pcmu"}, "voice": profile.voice},
        },
        "tools": tools_for(profile),
        "tool_choice": "auto",
    }
    if _gives_logprobs(transcription_model):
        session["include"] = ["item.input_audio_transcription.logprobs"]
    return {"type": "session.update", "session": session}


def instructions_for(profile: CallProfile) -> str:
    parts = [profile.prompt, style_for(profile.temperature)]
    if profile.history:
        parts.append(RESUMED_INSTRUCTIONS)
    return "\n\n".join(part for part in parts if part)


def style_for(temperature: float) -> str:
    """A temperature in words: below 0.5 plain, above 1.0 lively, between them nothing."""
    if temperature < 0.5:
        return "Keep to plain, settled wording; say the same thing the same way each time."
    if temperature > 1.0:
        return "Vary your wording freely and let some personality show."
    return ""


def silence_ms(vad: Mapping[str, float], response_delay_ms: int) -> int:
    """The silence that ends a caller's turn: the VAD's own plus the business's delay.

    At most five seconds, beyond which a caller would think the line dead.
    """
    wished = int(vad["silence_duration_ms"]) + response_delay_ms
    return max(0, min(wished, LONGEST_SILENCE_MS))


def _hearing(
    profile: CallProfile,
    transcription_model: str,
    vad: Mapping[str, float],
    noise_reduction: NoiseReductionType,
) -> RealtimeAudioConfigInputParam:
    turn_detection: ServerVad = {
        "type": "server_vad",
        "threshold": vad["threshold"],
        "prefix_padding_ms": int(vad["prefix_padding_ms"]),
        "silence_duration_ms": silence_ms(vad, profile.response_delay_ms),
        "create_response": False,
        "interrupt_response": False,
    }
    return {
        "format": {"type": "audio/pcmu"},
        "noise_reduction": {"type": noise_reduction},
        "transcription": _transcription(profile, transcription_model),
        "turn_detection": turn_detection,
    }


def _transcription(profile: CallProfile, model: str) -> AudioTranscriptionParam:
    """Language and vocabulary, in the fields that this transcription model reads."""
    language = profile.language.partition("-")[0].lower()
    words = list(profile.vocabulary)
    if model in ("gpt-transcribe", "gpt-live-transcribe"):
        config: AudioTranscriptionParam = {"model": model, "languages": [language]}
        return {**config, "keywords": words} if words else config
    config = {"model": model, "language": language}
    if not words or model == "gpt-realtime-whisper":
        return config
    listed = ", ".join(words)
    return {**config, "prompt": listed if model == "whisper-1" else f"Expect words like {listed}."}


def _gives_logprobs(transcription_model: str) -> bool:
    return transcription_model.startswith("gpt-4o") and "diarize" not in transcription_model


# ---------------------------------------------------------------- tools


def tools_for(profile: CallProfile) -> list[RealtimeToolsConfigUnionParam]:
    """The profile's tools (``name``, ``description``, ``parameters``) and ``end_call``."""
    return [*(_function_tool(tool) for tool in profile.tools), _end_call_tool()]


def _function_tool(tool: Mapping[str, object]) -> RealtimeFunctionToolParam:
    return {
        "type": "function",
        "name": str(tool["name"]),
        "description": str(tool.get("description", "")),
        "parameters": tool.get("parameters") or {"type": "object", "properties": {}},
    }


def _end_call_tool() -> RealtimeFunctionToolParam:
    return {
        "type": "function",
        "name": END_CALL_TOOL,
        "description": (
            "Hang up. Use it only when the conversation is over, and only after you have "
            "said goodbye aloud in the same answer."
        ),
        "parameters": {
            "type": "object",
            "properties": {"reason": {"type": "string", "description": "Why, in a few words."}},
            "required": ["reason"],
        },
    }


def ending_reason(arguments: str) -> str:
    """The ``reason`` of an ``end_call``; ``"agent"`` when the model gave none."""
    try:
        reason = json.loads(arguments).get("reason")
    except (ValueError, AttributeError):
        return "agent"
    return reason if isinstance(reason, str) and reason else "agent"


# ---------------------------------------------------------------- answers


def answer_params(base: str, extra: str | None) -> RealtimeResponseCreateParamsParam:
    """Parameters of ``response.create``; its instructions replace the session's, so both go in."""
    return {"instructions": f"{base}\n\n{extra}"} if extra else {}


def say_params(text: str) -> RealtimeResponseCreateParamsParam:
    """Parameters that make the model speak one line as part of the conversation.

    The API cannot play given text: the model is told to say it and nothing else, with tools
    off. It keeps to it nearly always, and the transcript shows what was really said.
    """
    return {"instructions": SAY_INSTRUCTIONS + text, "tool_choice": "none"}


def line_to_say(instructions: str) -> str | None:
    """The line inside :func:`say_params`' instructions, ``None`` for other instructions."""
    if not instructions.startswith(SAY_INSTRUCTIONS):
        return None
    return instructions.removeprefix(SAY_INSTRUCTIONS)


# ---------------------------------------------------------------- refusals


_CODE_SENTENCES = {
    "invalid_api_key": "OpenAI refused the API key.",
    "insufficient_quota": "The OpenAI account has no credit left.",
    "billing_hard_limit_reached": "The OpenAI account has reached its spending limit.",
    "rate_limit_exceeded": "OpenAI is refusing calls for now: the account's rate limit is reached.",
    "model_not_found": "OpenAI does not offer this voice model to the account.",
    "session_expired": "OpenAI ended the voice session because of its age.",
}
_TYPE_SENTENCES = {
    "authentication_error": "OpenAI refused the API key.",
    "permission_error": "OpenAI does not allow this API key to make voice calls.",
    "insufficient_quota": "The OpenAI account has no credit left.",
    "rate_limit_error": "OpenAI is refusing calls for now: the account's rate limit is reached.",
    "server_error": "OpenAI had a fault of its own.",
}
_FATAL_CODES = frozenset(_CODE_SENTENCES) - {"rate_limit_exceeded", "session_expired"}
_FATAL_TYPES = frozenset({"authentication_error", "permission_error", "insufficient_quota"})
_PASSING = frozenset({"rate_limit_exceeded", "rate_limit_error", "server_error"})

ErrorWeight = Literal["fatal", "passing", "harmless"]


def error_weight(kind: str | None, code: str | None) -> ErrorWeight:
    """How much an error weighs: ends the call, may pass when tried again, or neither."""
    if code in _FATAL_CODES or kind in _FATAL_TYPES:
        return "fatal"
    if code in _PASSING or kind in _PASSING:
        return "passing"
    return "harmless"


def error_sentence(kind: str | None, code: str | None) -> str:
    """An API error for people, without the API's own text, which may quote the conversation."""
    named = _CODE_SENTENCES.get(code or "") or _TYPE_SENTENCES.get(kind or "")
    return named or f"OpenAI refused a request ({code or kind or 'no reason given'})."


def status_sentence(status: int, model: str) -> str:
    """The refusal of a WebSocket handshake, for people."""
    sentences = {
        401: "OpenAI refused the API key.",
        403: f"OpenAI does not allow this API key to use the model “{model}”.",
        404: f"OpenAI knows no voice model “{model}” at this address.",
        429: "OpenAI is refusing calls for now: rate limit or credit is used up.",
    }
    if status >= 500:
        return f"OpenAI is not available (HTTP {status})."
    return sentences.get(status, f"OpenAI refused the connection (HTTP {status}).")


def may_pass(status: int) -> bool:
    """Whether the same handshake may succeed later."""
    return status == 429 or status >= 500
