"""Run salesdesk on this machine and let a first caller ring; bin/demo prepares and calls this."""

import asyncio
import contextlib
import io
import json
import secrets
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from functools import partial
from typing import Any, cast

import psutil
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor

from knowledge.enums import DocumentStatus
from knowledge.models import Document
from salesdesk import embedded
from salesdesk.embedded import demo, environment
from salesdesk.embedded.management.first_call import FirstCall
from salesdesk.embedded.service import is_kept
from salesdesk.embedded.supervisor import Interrupted, Supervisor

FIRST_PORT = 8000
SCENARIO = "solar-warranty"
DOCUMENTS_SECONDS = 30.0
POLL_SECONDS = 0.2
RING = ".venv/bin/python manage.py simulate_call --scenario barge-in"


def port_number(text: str) -> int:
    """A port as argparse reads it, with two more above it."""
    number = int(text) if text.isdecimal() else 0
    if not 0 < number <= demo.HIGHEST_PORT - 2:
        raise ArgumentTypeError(f"{text} is not a port from 1 to {demo.HIGHEST_PORT - 2}")
    return number


def documents_wait() -> bool:
    try:
        return Document.objects.filter(status=DocumentStatus.PENDING).exists()
    finally:
        connection.close()


class Command(BaseCommand):
    help = "Runs everything on this machine, lets a first caller ring, and stays until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        # `environment.prepare` must see `--reset` as it is written here.
        parser.allow_abbrev = False
        parser.add_argument("--once", action="store_true", help="end after the call; print JSON")
        parser.add_argument("--reset", action="store_true", help="begin anew, without old data")
        parser.add_argument("--scenario", default=SCENARIO, help="who rings")
        parser.add_argument("--port", type=port_number, default=FIRST_PORT, help="of the pages")

    def handle(self, *args: Any, **options: Any) -> None:
        self.data = embedded.data_dir()
        self._out = self.stderr if options["once"] else self.stdout
        completed = True
        with environment.only_demo(self.data):
            try:
                completed = asyncio.run(self.run(options))
            except (Interrupted, KeyboardInterrupt):
                completed = not options["once"]
            finally:
                self.stop_servers()
        if not completed:
            sys.exit(1)

    async def run(self, options: dict[str, Any]) -> bool:
        """Whether the first call was completed; without `--once` only Interrupted ends it."""
        ports = demo.choose_ports(options["port"], self.say)
        addresses = demo.addresses(ports)
        environment.keep(self.data, addresses)
        demo_business = await sync_to_async(self.prepare_database)()
        async with self.supervisor(addresses) as supervisor:
            self.say("Starting web, media, worker, beat and the sandbox carrier ...")
            self.watch_servers(supervisor)
            await supervisor.start(demo.programs(ports, self.data))
            await supervisor.until_ready()
            await supervisor.attend(self.until_documents_ready())
            self.welcome(addresses["PUBLIC_URL"], demo_business)
            call = FirstCall(addresses, number=demo_business["number"], say=self.say)
            summary = await supervisor.attend(call.take(options["scenario"]))
            if options["once"]:
                self.stdout.write(json.dumps(summary))
                return bool(summary["status"] == "completed")
            self.say("Let others ring from a second terminal (--list shows who there is):")
            self.say(f"  {RING}\nCtrl-C stops everything; the data stays.")
            await supervisor.forever()
        return True

    async def until_documents_ready(self) -> None:
        """The worker reads new documents once, before the first caller asks about them."""
        waiting = sync_to_async(documents_wait)
        if not await waiting():
            return
        self.say("Reading the sample documents ...")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DOCUMENTS_SECONDS):
                while await waiting():  # noqa: ASYNC110  # only the database knows
                    await asyncio.sleep(POLL_SECONDS)

    def say(self, text: str) -> None:
        """At once, also where the output goes into a pipe or a file."""
        self._out.write(text)
        self._out.flush()

    def supervisor(self, addresses: dict[str, str]) -> Supervisor:
        servers = {"DATABASE_URL": settings.DATABASE_URL, "REDIS_URL": settings.REDIS_URL}
        quick = {"CELERY_SKIP_CHECKS": "1", "LOG_FORMAT": "plain"}
        return Supervisor(
            logs=self.data / "logs", environment={**servers, **addresses, **quick}, say=self.say
        )

    def watch_servers(self, supervisor: Supervisor) -> None:
        for name in ("postgres", "redis"):
            directory = self.data / name
            if is_kept(directory):
                supervisor.watch(name, directory / "server.log", partial(is_kept, directory))

    def prepare_database(self) -> dict[str, Any]:
        """Migrate and seed; a second start, with no migration missing, skips what takes long."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say("Preparing the database ...")
            self.migrate()
        return self.seed()

    def migrate(self) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except InconsistentMigrationHistory as error:
            raise CommandError(
                f"The data in {self.data} is of another line of development: {error} "
                "Begin anew with bin/demo --reset, or set SALESDESK_DATA_DIR to another folder."
            ) from error

    def seed(self) -> dict[str, Any]:
        """The demo business and its people, whose password stays what it was."""
        password = environment.read(self.data).get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        environment.keep(self.data, {"DEMO_PASSWORD": password})
        answer = io.StringIO()
        call_command("seed_demo", json=True, password=password, stdout=answer)
        connections.close_all()
        return dict(json.loads(answer.getvalue()))

    def welcome(self, url: str, demo_business: dict[str, Any]) -> None:
        manager, *others = sorted(
            demo_business["users"], key=lambda user: user["role"] != "manager"
        )
        seconds = time.time() - psutil.Process().create_time()
        self.say(f"\nsalesdesk is ready after {seconds:.0f} s: {url}")
        self.say(f"  Sign in as {manager['email']}, password {manager['password']}")
        for user in others:
            self.say(f"  or, with the same password, as {user['email']} ({user['role']})")
        self.say(f"  Then click Live ({url}/live/) and open the call to follow what is said.")
        self.say("")

    def stop_servers(self) -> None:
        database = cast(DatabaseWrapper, connections["default"])
        database.close()
        database.close_pool()
        if embedded.release_all(self.data):
            self.say(f"Stopped. The data stays in {self.data}.")
        else:
            self.say("Stopped; Postgres and Redis go on, as another process uses them.")
