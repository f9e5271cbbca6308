"""Twilio, through its own package. Its types and errors stop at this file."""

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException

from calls.carriers.base import Detection, Dial
from salesdesk.lib.errors import ProviderError
from salesdesk.lib.twilio import is_signed_by_twilio, twilio_client

NOT_IN_PROGRESS = 21220
NOT_FOUND = 20404

SENTENCES = {
    20003: "Twilio refused the account's credentials. Check the SID and the token.",
    20429: "Twilio is busy with too many requests. Try again in a moment.",
    21205: "Twilio cannot reach this installation; PUBLIC_URL is not a public address.",
    21210: "The calling number has not been verified with Twilio.",
    21211: "Twilio says that no such number can be called.",
    21212: "The calling number cannot be used to place calls.",
    21214: "The number cannot be reached by phone.",
    21215: "The Twilio account may not call this country.",
    21216: "Twilio has blocked calls to this number.",
    21217: "Twilio says that this is not a complete phone number.",
    21219: "A Twilio trial account may only call verified numbers.",
}


def sentence_for(code: int | None, status: int) -> tuple[str, bool]:
    """What a refusal means for people, and whether trying again may help."""
    retryable = status == 429 or status >= 500
    if code in SENTENCES:
        return SENTENCES[code], retryable
    if retryable:
        return "Twilio is out of order at the moment. Try again in a moment.", True
    return f"Twilio refused the request (error {code or status}).", False


class TwilioCarrier:
    def place(self, dial: Dial) -> str:
        try:
            call = twilio_client().calls.create(
                to=dial.to,
                from_=dial.from_,
                url=dial.answer_url,
                status_callback=dial.status_url,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=dial.ring_seconds,
                **_detecting(dial.detection),
            )
        except (TwilioRestException, RequestException) as error:
            raise _translated(error) from error
        return str(call.sid)

    def hang_up(self, sid: str) -> None:
        self._update(sid, status="completed")

    def redirect(self, sid: str, url: str) -> None:
        self._update(sid, url=url, method="POST")

    def _update(self, sid: str, **changes: str) -> None:
        try:
            twilio_client().calls(sid).update(**changes)
        except (TwilioRestException, RequestException) as error:
            if isinstance(error, TwilioRestException) and error.code == NOT_IN_PROGRESS:
                return
            raise _translated(error) from error

    def status(self, sid: str) -> str:
        try:
            return str(twilio_client().calls(sid).fetch().status)
        except (TwilioRestException, RequestException) as error:
            if isinstance(error, TwilioRestException) and error.code == NOT_FOUND:
                return ""
            raise _translated(error) from error

    def signature_is_valid(self, url: str, parameters: dict[str, str], signature: str) -> bool:
        return is_signed_by_twilio(url, parameters, signature)


def _detecting(detection: Detection | None) -> dict[str, str]:
    """https://www.twilio.com/docs/voice/answering-machine-detection, in the background: the call
    goes on at once, and a person who answers waits for nothing."""
    if detection is None:
        return {}
    return {
        "machine_detection": "DetectMessageEnd" if detection.waits_for_beep else "Enable",
        "async_amd": "true",
        "async_amd_status_callback": detection.url,
        "async_amd_status_callback_method": "POST",
    }


def _translated(error: TwilioRestException | RequestException) -> ProviderError:
    if isinstance(error, TwilioRestException):
        message, retryable = sentence_for(error.code, int(error.status))
        return ProviderError(message, retryable=retryable)
    return ProviderError("Twilio could not be reached. Try again in a moment.", retryable=True)
