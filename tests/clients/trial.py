"""gql for Python: queries and mutations over HTTP, with the schema by introspection, and subscriptions over a socket."""

import asyncio
import itertools
import logging
import os
import pathlib
import random
import re
import sys
import time
import uuid
import warnings

from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import WebSocketException

DOCUMENTS = (pathlib.Path(__file__).parent / "documents/forum.graphql").read_text()
TAGS = 'query Tags { method: concept(slug: "study-visit") { id } region: concept(slug: "country-ke") { id } }'
# A trial is to be stopped by nothing but the kill.
UNLIMITED = ["--posts-per-minute", "1000000"]
WORDS = 20
PATIENCE = 20
# Whatever says that the line is cut, or could not be had.
CUT = (TransportError, WebSocketException, OSError, asyncio.TimeoutError)


class Ear(logging.Handler):
    """Keeps every word of warning."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.heard = []

    def emit(self, record):
        self.heard.append(f"{record.name}: {record.getMessage()}")


class Server:
    """The program as a process of its own, which is killed and started again on the same port."""

    def __init__(self):
        self.address = "127.0.0.1:0"
        self.process = None

    async def start(self):
        place = ["--listen", self.address, "--database", os.environ["PARTAGE_DATABASE"]]
        self.process = await asyncio.create_subprocess_exec(
            os.environ["PARTAGE_PROGRAM"],
            "serve",
            *place,
            *UNLIMITED,
            env={},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        while line := (await self.process.stdout.readline()).decode():
            if found := re.search(r"Listening on http://([^\s/]+)", line):
                self.address = found[1]
                self.draining = asyncio.create_task(self.process.stdout.read())
                return
        raise RuntimeError("the server ended")

    async def kill(self):
        self.process.kill()
        await self.process.wait()
        await self.draining


class Member:
    """Somebody who speaks to the server, or a visitor."""

    def __init__(self, server, token=None):
        self.server = server
        self.headers = {"authorization": f"Bearer {token}"} if token else {}
        url = f"http://{server.address}/graphql"
        self.client = Client(transport=AIOHTTPTransport(url, headers=self.headers), fetch_schema_from_transport=True)

    async def ask(self, name, variables=None, document=DOCUMENTS):
        request = GraphQLRequest(document, variable_values=variables, operation_name=name)
        async with self.client as session:
            return await session.execute(request)

    async def insist(self, name, variables, document=DOCUMENTS):
        """Asks until there is an answer: the same key is done once."""
        late = time.monotonic() + PATIENCE
        while True:
            try:
                return await self.ask(name, variables, document)
            except TransportQueryError:
                raise
            except CUT:
                if time.monotonic() > late:
                    raise
            await asyncio.sleep(0.05)

    async def open(self, name, variables):
        """The answers of a subscription over a socket of its own."""
        transport = WebsocketsTransport(
            f"ws://{self.server.address}/graphql",
            init_payload=self.headers,
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        )
        async with Client(transport=transport) as session:
            request = GraphQLRequest(DOCUMENTS, variable_values=variables, operation_name=name)
            async for data in session.subscribe(request):
                yield data

    async def follow(self, name, variables, after):
        """Tells every event once, from a cursor on, whatever becomes of the line."""
        failures = itertools.count()
        while True:
            try:
                async for data in self.open(name, {**variables, "after": after}):
                    (event,) = data.values()
                    yield event
                    after = event["cursor"]
                    failures = itertools.count()
            except TransportQueryError:
                raise
            except CUT:
                pass
            await asyncio.sleep(random.random() * min(30, 0.25 * 2 ** next(failures)))


class Trial:
    def __init__(self, server):
        self.server = server
        self.checks = 0

    def equal(self, found, expected, what):
        self.checks += 1
        assert found == expected, f"{what}: {found!r} is not {expected!r}"

    async def until(self, holds, what):
        self.checks += 1
        late = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < late, f"in vain waited for {what}"
            await asyncio.sleep(0.05)

    async def run(self):
        visitor = Member(self.server)
        self.equal((await visitor.ask("Instance"))["instance"]["name"], "Partage", "the name of the instance")
        credentials = {"email": os.environ["PARTAGE_EMAIL"], "password": os.environ["PARTAGE_PASSWORD"]}
        signed = (await visitor.ask("SignIn", {"input": credentials}))["signIn"]
        member = Member(self.server, signed["token"])
        other = Member(self.server, os.environ["PARTAGE_MODERATOR"])
        viewer = (await member.ask("Who"))["viewer"]
        self.equal(viewer["person"]["id"], signed["viewer"]["person"]["id"], "who has signed in")

        tags = await member.ask("Tags", document=TAGS)
        thread = {
            "key": str(uuid.uuid4()),
            "title": "Examination guidelines in practice",
            "body": "What helped in *our* office.",
            "kind": "EXPERIENCE",
            "language": "EN",
            "methods": [tags["method"]["id"]],
            "regions": [tags["region"]["id"]],
        }
        opened = (await member.ask("OpenThread", {"input": thread}))["openThread"]["thread"]
        sent = words(opened["id"])
        first = await member.ask("Reply", sent)
        self.equal(await member.ask("Reply", sent), first, "the answer to the same key")
        for _ in range(6):
            await other.ask("Reply", words(opened["id"]))
        self.equal([post["number"] for post in await posts(member, opened["id"], 3)], list(range(1, 9)), "all pages")
        await self.is_refused(member, thread, opened["id"])
        await self.goes_on(member, other, opened["id"])

    async def is_refused(self, member, thread, thread_id):
        untitled = await refusal(member.ask("OpenThread", {"input": {**thread, "key": str(uuid.uuid4()), "title": ""}}))
        self.equal((untitled["code"], untitled["field"]), ("INVALID", "title"), "a thread without a title")
        decision = {
            "key": str(uuid.uuid4()),
            "act": "LOCK_THREAD",
            "targetIds": [thread_id],
            "reason": "SETTLED",
            "explanation": "Done.",
            "language": "EN",
        }
        denied = await refusal(member.ask("Lock", {"input": decision}))
        self.equal((denied["code"], denied["reason"]), ("DENIED", "ROLE_MAY_NOT"), "a decision of a delegate")
        nobody = Member(self.server, "a-token-that-nobody-has")
        try:
            await nobody.ask("Who")
            raise AssertionError("a token that nobody has was taken")
        except TransportQueryError as error:
            self.equal("UNAUTHENTICATED" in str(error), True, f"a token that nobody has, {error}")
        missing = await refusal(member.ask("Reply", words("bm93aGVyZQ")))
        self.equal(missing["code"], "NOT_FOUND", "a reply to no thread")

    async def goes_on(self, member, other, thread_id):
        """Every event is told once, in order, with the server killed while nobody writes and while many do."""
        thread = (await member.ask("Thread", {"id": thread_id, "first": 1}))["thread"]
        heard = []

        async def listen():
            async for event in member.follow("Events", {"id": thread_id}, thread["cursor"]):
                heard.append(event)

        async def write(person, count):
            for _ in range(count):
                await person.insist("Reply", words(thread_id))

        listening = asyncio.create_task(listen())
        await write(other, 2)
        await self.until(lambda: len(heard) >= 2, "the first events")
        await self.server.kill()
        await self.server.start()
        await write(other, 2)
        await self.until(lambda: len(heard) >= 4, "the events after a restart")
        writing = asyncio.gather(write(other, WORDS), write(member, WORDS))
        for _ in range(2):
            await asyncio.sleep(0.15)
            await self.server.kill()
            await asyncio.sleep(0.15)
            await self.server.start()
        await writing
        await self.until(lambda: len(heard) >= 4 + 2 * WORDS, "the events of two cuts")
        await asyncio.sleep(0.3)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

        kept = [post for post in await posts(member, thread_id, 100) if post["number"] > thread["lastNumber"]]
        self.equal(len(kept), 4 + 2 * WORDS, "what the forum keeps")
        told = [(event["post"]["number"], event["post"]["body"]) for event in heard]
        self.equal(told, [(post["number"], post["body"]) for post in kept], "the events that were told")


def words(thread_id):
    body = f"A word, {uuid.uuid4()}."
    return {"input": {"key": str(uuid.uuid4()), "threadId": thread_id, "body": body, "language": "EN"}}


async def posts(member, thread_id, first):
    found, page = [], {"endCursor": None, "hasNextPage": True}
    while page["hasNextPage"]:
        variables = {"id": thread_id, "first": first, "after": page["endCursor"]}
        connection = (await member.ask("Thread", variables))["thread"]["posts"]
        found += [edge["node"] for edge in connection["edges"]]
        page = connection["pageInfo"]
    return found


async def refusal(asked):
    try:
        answer = await asked
    except TransportQueryError as error:
        return error.errors[0]["extensions"]
    raise AssertionError(f"it was not refused: {answer}")


async def main():
    ear = Ear()
    logging.getLogger().addHandler(ear)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: ear.heard.append(str(context)))
    begun = time.monotonic()
    server = Server()
    trial = Trial(server)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            await server.start()
            await trial.run()
        finally:
            await server.kill()
    heard = ear.heard + [str(warning.message) for warning in warned]
    for word in heard:
        print(f"WARNING {word}")
    print(f"gql: {trial.checks} checks in {time.monotonic() - begun:.1f} s, {len(heard)} faults")
    sys.exit(1 if heard else 0)


asyncio.run(main())
