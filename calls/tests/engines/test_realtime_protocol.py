import base64
import itertools
import json

import pytest
from openai.types.realtime import InputAudioBufferAppendEvent, SessionUpdateEvent

from calls.engines import realtime_protocol as protocol
from calls.engines.fake_realtime.checks import Refused, read_client_event
from calls.engines.realtime import DEFAULT_VAD
from calls.live.events import AgentAudio
from calls.live.profile import CallProfile, Line

PAYLOAD = base64.b64encode(bytes(range(160))).decode()
AUDIO_EVENT = {
    "type": "response.output_audio.delta",
    "event_id": "event_1",
    "response_id": "resp_1",
    "item_id": "item_1",
    "output_index": 0,
    "content_index": 0,
    "delta": PAYLOAD,
}
AUDIO = AgentAudio("item_1", PAYLOAD)


def profile(**changes: object) -> CallProfile:
    wishes: dict[str, object] = {
        "call_id": "call",
        "business_name": "Sunny Solar",
        "engine": "realtime",
        "greeting": "Hello.",
        "prompt": "You sell solar panels.",
        **changes,
    }
    return CallProfile(**wishes)  # type: ignore[arg-type]


def session_for(
    wishes: CallProfile, transcription_model: str = "gpt-transcribe"
) -> dict[str, object]:
    event = protocol.session_update(
        wishes,
        transcription_model=transcription_model,
        vad=DEFAULT_VAD,
        noise_reduction="near_field",
    )
    assert isinstance(read_client_event(dict(event)), SessionUpdateEvent)
    return dict(event["session"])


def hearing_of(session: dict[str, object]) -> dict[str, object]:
    audio = session["audio"]
    assert isinstance(audio, dict)
    hearing = audio["input"]
    assert isinstance(hearing, dict)
    return hearing


# ---------------------------------------------------------------- audio


def test_append_message_is_what_the_sdk_reads() -> None:
    event = InputAudioBufferAppendEvent.model_validate_json(protocol.append_message(PAYLOAD))
    assert event.audio == PAYLOAD


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,", " : ")])
def test_audio_is_found_in_any_key_order_and_spacing(separators: tuple[str, str]) -> None:
    for order in itertools.permutations(AUDIO_EVENT):
        message = json.dumps({key: AUDIO_EVENT[key] for key in order}, separators=separators)
        assert protocol.agent_audio(message) == AUDIO


@pytest.mark.parametrize(
    "more",
    [
        {"obfuscation": 'quote " and \\ slash'},
        {"first": {"item_id": "other", "delta": "other"}},
        {"note": "response.output_audio.delta"},
        {"item_id_before": "item_0", "previous_item_id": "item_0"},
    ],
)
def test_further_fields_do_not_mislead_the_slice(more: dict[str, object]) -> None:
    for event in ({**more, **AUDIO_EVENT}, {**AUDIO_EVENT, **more}):
        message = json.dumps(event, separators=(",", ":"))
        assert protocol.agent_audio(message) == AUDIO


def test_escaped_slashes_are_read_as_json() -> None:
    payload = "//8/"
    event = {**AUDIO_EVENT, "delta": payload}
    message = json.dumps(event, separators=(",", ":")).replace("/", "\\/")
    assert protocol.agent_audio(message) == AgentAudio("item_1", payload)


@pytest.mark.parametrize(
    "message",
    [
        '{"type":"response.output_audio.done","item_id":"item_1"}',
        '{"type":"response.output_audio_transcript.delta","item_id":"i","delta":"words"}',
        json.dumps({"type": "error", "note": '"response.output_audio.delta"'}),
        '{"type": "error", "param": "response.output_audio.delta", "item_id": "i", "delta": "d"}',
        '{"type":"response.output_audio.delta","item_id":"item_1"}',
        '{"type":"response.output_audio.delta","item_id":"item_1","delta":5}',
        '{"type":"response.output_audio.delta","item_id":"item_1","delta":"AAA',
        '["response.output_audio.delta"]',
        "",
    ],
)
def test_other_messages_have_no_audio(message: str) -> None:
    assert protocol.agent_audio(message) is None


# ---------------------------------------------------------------- the session


def test_session_speaks_mulaw_and_never_answers_by_itself() -> None:
    session = session_for(profile(voice="cedar"))
    assert hearing_of(session)["format"] == {"type": "audio/pcmu"}
    assert session["audio"]["output"] == {  # type: ignore[index]
        "format": {"type": "audio/pcmu"},
        "voice": "cedar",
    }
    assert hearing_of(session)["turn_detection"] == {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "create_response": False,
        "interrupt_response": False,
    }


@pytest.mark.parametrize(
    ("delay_ms", "silence_ms"), [(0, 500), (700, 1200), (60_000, 5_000), (-900, 0)]
)
def test_response_delay_lengthens_the_silence_that_ends_a_turn(
    delay_ms: int, silence_ms: int
) -> None:
    assert protocol.silence_ms(DEFAULT_VAD, delay_ms) == silence_ms


@pytest.mark.parametrize(
    ("model", "config"),
    [
        ("gpt-transcribe", {"languages": ["de"], "keywords": ["Kessel", "Wartung"]}),
        ("gpt-4o-transcribe", {"language": "de", "prompt": "Expect words like Kessel, Wartung."}),
        ("whisper-1", {"language": "de", "prompt": "Kessel, Wartung"}),
        ("gpt-realtime-whisper", {"language": "de"}),
    ],
)
def test_vocabulary_goes_where_the_transcription_model_reads_it(
    model: str, config: dict[str, object]
) -> None:
    session = session_for(profile(language="de-AT", vocabulary=("Kessel", "Wartung")), model)
    assert hearing_of(session)["transcription"] == {"model": model, **config}


def test_without_vocabulary_no_hint_is_sent() -> None:
    transcription = hearing_of(session_for(profile()))["transcription"]
    assert transcription == {"model": "gpt-transcribe", "languages": ["en"]}


def test_confidence_is_asked_of_models_that_give_it() -> None:
    assert session_for(profile(), "gpt-4o-mini-transcribe")["include"] == [
        "item.input_audio_transcription.logprobs"
    ]
    assert "include" not in session_for(profile(), "gpt-transcribe")


@pytest.mark.parametrize(("temperature", "words"), [(0.2, "plain"), (0.8, ""), (1.2, "Vary")])
def test_temperature_becomes_words_for_the_api_has_none(temperature: float, words: str) -> None:
    session = session_for(profile(temperature=temperature))
    assert "temperature" not in session
    style = str(session["instructions"]).removeprefix("You sell solar panels.").strip()
    assert words in style
    assert bool(style) == bool(words)


def test_resumed_call_is_told_not_to_greet_again() -> None:
    resumed = profile(history=(Line("caller", "Hi"),))
    assert protocol.RESUMED_INSTRUCTIONS in str(session_for(resumed)["instructions"])
    assert protocol.RESUMED_INSTRUCTIONS not in str(session_for(profile())["instructions"])


def test_tools_are_the_profiles_and_end_call() -> None:
    parameters = {"type": "object", "properties": {"query": {"type": "string"}}}
    search = {"name": "search", "description": "Look it up.", "parameters": parameters}
    tools = session_for(profile(tools=(search, {"name": "plain"})))["tools"]
    assert isinstance(tools, list)
    assert tools[0] == {"type": "function", **search}
    assert tools[1]["parameters"] == {"type": "object", "properties": {}}
    assert [tool["name"] for tool in tools] == ["search", "plain", "end_call"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ('{"reason": "done"}', "done"),
        ('{"reason": ""}', "agent"),
        ('{"reason": 5}', "agent"),
        ("[]", "agent"),
        ('{"rea', "agent"),
    ],
)
def test_ending_reason_survives_bad_arguments(arguments: str, reason: str) -> None:
    assert protocol.ending_reason(arguments) == reason


# ---------------------------------------------------------------- answers and refusals


def test_instructions_of_an_answer_keep_the_sessions() -> None:
    assert protocol.answer_params("You sell.", None) == {}
    assert protocol.answer_params("You sell.", "Be brief.") == {
        "instructions": "You sell.\n\nBe brief."
    }


def test_a_line_to_say_is_found_again() -> None:
    instructions = protocol.say_params("Two\nlines, exactly.")["instructions"]
    assert protocol.line_to_say(instructions) == "Two\nlines, exactly."
    assert protocol.line_to_say("Be brief.") is None


@pytest.mark.parametrize(
    ("kind", "code", "weight"),
    [
        ("invalid_request_error", "invalid_api_key", "fatal"),
        ("insufficient_quota", None, "fatal"),
        ("authentication_error", None, "fatal"),
        ("server_error", None, "passing"),
        ("invalid_request_error", "rate_limit_exceeded", "passing"),
        ("invalid_request_error", "response_cancel_not_active", "harmless"),
        ("invalid_request_error", "session_expired", "harmless"),
        (None, None, "harmless"),
    ],
)
def test_error_weights(kind: str | None, code: str | None, weight: str) -> None:
    assert protocol.error_weight(kind, code) == weight


def test_error_sentences_are_for_people() -> None:
    assert protocol.error_sentence("x", "invalid_api_key") == "OpenAI refused the API key."
    assert protocol.error_sentence("server_error", "odd") == "OpenAI had a fault of its own."
    assert protocol.error_sentence("odd", None) == "OpenAI refused a request (odd)."


@pytest.mark.parametrize(
    ("status", "part", "may_pass"),
    [
        (401, "API key", False),
        (403, "“m”", False),
        (404, "“m”", False),
        (429, "rate limit", True),
        (503, "HTTP 503", True),
        (418, "HTTP 418", False),
    ],
)
def test_handshake_refusals(status: int, part: str, may_pass: bool) -> None:
    assert part in protocol.status_sentence(status, "m")
    assert protocol.may_pass(status) is may_pass


def test_the_api_has_no_temperature() -> None:
    session = {**session_for(profile()), "temperature": 0.8}
    with pytest.raises(Refused, match=r"session\.temperature"):
        read_client_event({"type": "session.update", "session": session})
