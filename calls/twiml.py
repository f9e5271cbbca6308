"""The TwiML that calls are answered with. Pure: text in, XML out."""

from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

NOBODY_HERE = "We're sorry, this number is not in service. Goodbye."
APOLOGY = "We're sorry, something went wrong on our side. Please call us again in a few minutes."


def connect_stream(stream_url: str, *, ended_url: str) -> str:
    """Carry the call's audio over ``stream_url`` (wss); when it ends, ask ``ended_url``."""
    response = VoiceResponse()
    connect = Connect(action=ended_url, method="POST")
    connect.stream(url=stream_url)
    response.append(connect)
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def say_and_hang_up(sentence: str) -> str:
    response = VoiceResponse()
    response.say(sentence)
    response.hangup()
    return str(response)


def join_conference(name: str, *, ended_url: str, first: str = "") -> str:
    """Say ``first``, then meet in the conference, which ends with this call.

    ``ended_url`` is asked when it is over.
    """
    response = VoiceResponse()
    if first:
        response.say(first)
    dial = Dial(action=ended_url, method="POST")
    dial.conference(name, beep="false", start_conference_on_enter=True, end_conference_on_exit=True)
    response.append(dial)
    return str(response)


def ask_for_key(sentence: str, *, pressed_url: str, times: int, seconds: int, last: str) -> str:
    """Say ``sentence`` and wait for any key, so often; each time for so many seconds.

    A key asks ``pressed_url``. Without one ``last`` is said, and the call ends.
    """
    response = VoiceResponse()
    for _ in range(times):
        gather = Gather(
            action=pressed_url, method="POST", num_digits=1, timeout=seconds, finish_on_key=""
        )
        gather.say(sentence)
        response.append(gather)
    response.say(last)
    response.hangup()
    return str(response)
