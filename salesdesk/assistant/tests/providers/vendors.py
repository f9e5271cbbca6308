"""What OpenAI's chat API and Anthropic's messages API send, event by event."""

import json
from collections.abc import Iterable
from typing import Any


def openai_stream(*deltas: dict[str, Any], reason: str = "stop") -> bytes:
    """A streamed completion of the chat API; the last event tells the tokens.

    https://platform.openai.com/docs/api-reference/chat-streaming
    """
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-test"}
    chunks = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in ({"role": "assistant", "content": ""}, *deltas)
    ]
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    usage = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}
    chunks.append({**head, "choices": [], "usage": usage})
    return _events((None, json.dumps(chunk)) for chunk in chunks) + b"data: [DONE]\n\n"


def openai_tool(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"tool_calls": [{"index": 0, "id": "t1", "type": "function", "function": function}]}


def anthropic_stream(*texts: str) -> bytes:
    """A streamed message. https://docs.anthropic.com/en/api/messages-streaming"""
    message: dict[str, Any] = {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "claude-test",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 12, "output_tokens": 1},
    }
    block = {"type": "text", "text": ""}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": text},
            }
            for text in texts
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 7},
        },
        {"type": "message_stop"},
    ]
    return _events((event["type"], json.dumps(event)) for event in events)


def _events(events: Iterable[tuple[str | None, str]]) -> bytes:
    lines = [f"event: {name}\ndata: {data}" if name else f"data: {data}" for name, data in events]
    return ("\n\n".join(lines) + "\n\n").encode()
