"""Let a scripted caller of the sandbox carrier ring, and tell what came of it."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from calls.management import machine
from calls.management.opt_out import SCENARIO, OptOutWatch, fresh_number
from calls.management.sandbox_client import SandboxClient
from calls.models import Call
from salesdesk.businesses.models import PhoneNumber
from salesdesk.businesses.queries import business_of_number
from salesdesk.lib.errors import SalesdeskError

POLL_S = 0.3
SETTLE_S = 15.0
LONGEST_S = 600.0
LIVE = frozenset({"queued", "ringing", "in-progress"})

SOURCES = ("citations", "retrieval_ms", "waited_ms", "prefetched")

IN_WORDS = {
    "status": "the call is {status}",
    "caller_started": "caller: {text}",
    "agent_started": "agent speaks",
    "agent_stopped": "agent is silent",
    "cleared": "agent is interrupted, {dropped_ms} ms unsaid",
    "key_pressed": "caller presses {key}",
    "gave_up": "caller gives up waiting",
    "tone": "beep",
    "detected": "the carrier finds out who answered: {answered_by}",
    "hung_up": "hung up by {by}",
    "notification": "error {code}: {message}",
}


class Command(BaseCommand):
    help = (
        "Lets a scripted caller ring at the sandbox carrier and shows what was said. "
        "With “voicemail” the agent calls, and a machine answers."
    )
    watch: OptOutWatch | machine.MachineCall | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="show the scenarios and stop")
        parser.add_argument("--scenario", default="solar-warranty", help="who calls")
        parser.add_argument("--to", default="", help="the number dialled; a business's own")
        parser.add_argument("--from", dest="from_", default="", help="the caller's number")
        parser.add_argument("--json", action="store_true", help="print one line of JSON only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TWILIO_API_BASE_URL:
            raise CommandError(
                "There is no sandbox carrier: TWILIO_API_BASE_URL is not set. bin/demo starts one."
            )
        self.sandbox = SandboxClient(settings.TWILIO_API_BASE_URL)
        try:
            if options["list"]:
                self.show_scenarios()
            else:
                self.simulate(options)
        except SalesdeskError as error:
            raise CommandError(error.message) from error

    def show_scenarios(self) -> None:
        for scenario in self.sandbox.scenarios():
            self.stdout.write(f"{scenario['name']:16} {scenario['about']}")

    def simulate(self, options: dict[str, Any]) -> None:
        sid = self.begin(options)
        try:
            self.follow(sid, quiet=options["json"])
        except KeyboardInterrupt:
            self.sandbox.hang_up(sid)
        result = {"scenario": options["scenario"]} | self.result(sid)
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.show(result)

    def begin(self, options: dict[str, Any]) -> str:
        """Let somebody ring, or be rung; the carrier's id of the call."""
        to, scenario = self.own_number(options["to"]), options["scenario"]
        business = business_of_number(to)
        if scenario == machine.SCENARIO and business is not None:
            self.watch = machine.MachineCall(business)
            return self.watch.place(self.sandbox)
        from_ = options["from_"] or self.caller(to, scenario)
        sid = self.sandbox.ring(to=to, from_=from_, scenario=scenario)
        self.watch = OptOutWatch(sid) if scenario == SCENARIO else None
        return sid

    def own_number(self, wanted: str) -> str:
        """The number to dial, which the carrier then connects with this installation."""
        first = PhoneNumber.objects.active().first()
        number = wanted or (first.number if first else "")
        if not number:
            raise CommandError("No business has a number yet; give one with --to.")
        if not self.sandbox.knows_number(number):
            self.sandbox.give_number(number, public_url=settings.PUBLIC_URL)
        return number

    def caller(self, to: str, scenario: str) -> str:
        """Who opts out is somebody new, so that it can be shown again; others are anybody."""
        business = business_of_number(to)
        return fresh_number(business) if business and scenario == SCENARIO else ""

    # ------------------------------------------------------------ while it goes on

    def follow(self, sid: str, *, quiet: bool) -> None:
        """Wait for the end; tell each thing that happens unless ``quiet``."""
        for happening in self.happenings(sid):
            told = _in_words(happening)
            if told and not quiet:
                self.stdout.write(f"{happening['at_ms'] / 1000:7.2f} s  {told}")
        self.wait_until_stored(sid)

    def happenings(self, sid: str) -> Iterator[dict[str, Any]]:
        seen, deadline = 0, time.monotonic() + LONGEST_S
        while True:
            if self.watch:
                self.watch.look()
            call = self.sandbox.call(sid, after=seen)
            yield from call["timeline"]
            seen += len(call["timeline"])
            if call["status"] not in LIVE:
                return
            if time.monotonic() > deadline:
                raise CommandError(f"The call has not ended after {LONGEST_S:.0f} s.")
            time.sleep(POLL_S)

    def wait_until_stored(self, sid: str) -> None:
        """The product learns of the end by a callback, a moment after the carrier knows."""
        deadline = time.monotonic() + SETTLE_S
        while time.monotonic() < deadline:
            call = Call.objects.filter(sid=sid).first()
            if call is not None and not call.is_under_way and self.is_settled():
                return
            time.sleep(POLL_S)

    def is_settled(self) -> bool:
        return self.watch is None or self.watch.is_settled()

    # ------------------------------------------------------------ afterwards

    def result(self, sid: str) -> dict[str, Any]:
        """What the carrier measured, and what the product stored (``product`` is none when it
        has no such call)."""
        call = self.sandbox.call(sid)
        stored = Call.objects.filter(sid=sid).first()
        return {
            "call": sid,
            "status": call["status"],
            "seconds": call["seconds"],
            **call["summary"],
            "errors": call["errors"],
            "product": _stored(stored) if stored else None,
            "utterances": _utterances(stored) if stored else [],
            **({self.watched(): self.watch.result()} if self.watch else {}),
        }

    def watched(self) -> str:
        return "machine" if isinstance(self.watch, machine.MachineCall) else "opt_out"

    def show(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"\nThe call is {result['status']} after {result['seconds']} s.")
        for name in ("greeting_ms", "first_answer_ms", "barge_in_to_silence_ms"):
            if result[name] is not None:
                self.stdout.write(f"  {name}: {result[name]}")
        for error in result["errors"]:
            self.stdout.write(f"  carrier's error {error['code']}: {error['message']}")
        if result["product"] is None:
            self.stdout.write("The product does not know this call.")
            return
        self.show_transcript(result)
        if result.get("opt_out"):
            self.show_opt_out(result["opt_out"])
        for name, value in result.get("machine", {}).items():
            self.stdout.write(f"  {name}: {value}")

    def show_opt_out(self, told: dict[str, Any]) -> None:
        self.stdout.write("\nThe opt-out:")
        for name in ("number", "suppressed", "seconds_before_the_end"):
            self.stdout.write(f"  {name}: {told.get(name)}")
        self.stdout.write(f"  a dial queued meanwhile: {(told['dial'] or {}).get('status')}")
        if told["ledger"]:
            self.stdout.write(f"  the ledger: {json.dumps(told['ledger'])}")

    def show_transcript(self, result: dict[str, Any]) -> None:
        self.stdout.write("The transcript:")
        for said in result["utterances"]:
            mark = "  (interrupted)" if said["interrupted"] else ""
            self.stdout.write(f"  {said['speaker']:>7}: {said['text']}{mark}")
            for citation in said.get("citations", ()):
                place = " › ".join(filter(None, (citation["title"], citation["heading"])))
                self.stdout.write(f"{'':11}[{place}]")


def _stored(call: Call) -> dict[str, Any]:
    return {
        "call": call.public_id,
        "status": call.status,
        "seconds": call.seconds,
        "engine": call.engine,
        "end_reason": call.end_reason,
    }


def _utterances(call: Call) -> list[dict[str, Any]]:
    """The transcript; ``full_text`` is what an interrupted agent would have said.

    ``citations`` are the passages that an answer was taken from, with what finding them cost.
    """
    return [
        {
            "speaker": utterance.speaker,
            "text": utterance.text,
            "start_ms": utterance.start_ms,
            "end_ms": utterance.end_ms,
            "interrupted": utterance.interrupted,
            **_full_text(utterance.metadata),
            **_sources(utterance.metadata),
        }
        for utterance in call.utterances.in_order()
    ]


def _full_text(metadata: dict[str, Any]) -> dict[str, Any]:
    return {"full_text": metadata["full_text"]} if "full_text" in metadata else {}


def _sources(metadata: dict[str, Any]) -> dict[str, Any]:
    return {name: metadata[name] for name in SOURCES if name in metadata}


def _in_words(happening: dict[str, Any]) -> str:
    """A line for people, or nothing for what is only of use in the JSON."""
    return IN_WORDS.get(happening["kind"], "").format(**happening)
