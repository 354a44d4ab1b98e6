// A client in a page of another origin than the server's. What comes of it is told to the page's own origin.

import { createClient as createStreams } from "graphql-sse";
import { createClient as createSockets } from "graphql-ws";
import { follow } from "./loop.mjs";

const { allowed, http, socket, texts, credentials, thread, token } = await (await fetch("/task")).json();
const checks = [];
const faults = [];

function equal(found, expected, what) {
  checks.push(what);
  if (JSON.stringify(found) !== JSON.stringify(expected)) faults.push(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
}

async function send(name, variables, bearer) {
  const headers = { accept: "application/graphql-response+json", "content-type": "application/json" };
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  const response = await fetch(http, { method: "POST", headers, body: JSON.stringify({ query: texts[name], variables }) });
  return { response, ...(await response.json()) };
}

const words = (threadId, body) => ({ input: { key: crypto.randomUUID(), threadId, body, language: "EN" } });

async function works() {
  const { data: { instance } } = await send("Instance");
  equal(instance.name, "Partage", "the name of the instance");
  const { data: { signIn } } = await send("SignIn", { input: credentials });
  const { data: { viewer } } = await send("Who", {}, signIn.token);
  equal(viewer.person.id, signIn.viewer.person.id, "who has signed in");
  const { data: { viewer: visitor } } = await send("Who");
  equal(visitor.person, null, "nobody is signed in by a cookie");

  const { data: { openThread } } = await send("OpenThread", { input: thread }, signIn.token);
  const { id, cursor } = openThread.thread;
  const refused = await send("OpenThread", { input: { ...thread, key: crypto.randomUUID(), title: "" } }, signIn.token);
  equal(refused.errors[0].extensions.field, "title", "a refusal");
  equal(refused.response.headers.get("x-request-id"), refused.errors[0].extensions.requestId, "a header that may be read");

  const connections = [
    createSockets({ url: socket, connectionParams: { authorization: `Bearer ${signIn.token}` }, retryAttempts: 0 }),
    createStreams({ url: http, headers: { authorization: `Bearer ${signIn.token}` }, retryAttempts: 0 }),
  ];
  const heard = connections.map((client) => listen(client, id, cursor));
  const sent = [];
  for (let number = 0; number < 6; number += 1) {
    const variables = words(id, `Word ${number}, ${crypto.randomUUID()}.`);
    sent.push(variables.input.body);
    if (number === 3) await fetch("/restart");
    await insist("Reply", variables, signIn.token);
  }
  await until(() => heard.every((bodies) => bodies.length >= sent.length));
  await new Promise((done) => setTimeout(done, 300));
  equal(heard[0], sent, "what the socket told");
  equal(heard[1], sent, "what the event stream told");
}

function listen(client, id, cursor) {
  const bodies = [];
  const open = (after) => client.iterate({ query: texts.Events, variables: { id, after } });
  (async () => {
    for await (const event of follow(open, cursor)) bodies.push(event.post.body);
  })().catch((error) => faults.push(`a line ended with ${error}`));
  return bodies;
}

/** Sends until it is acknowledged, with the same key. */
async function insist(name, variables, bearer) {
  for (;;) {
    const { data } = await send(name, variables, bearer).catch(() => ({}));
    if (data?.reply) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function until(holds) {
  for (const late = Date.now() + 15_000; !holds();) {
    if (Date.now() > late) throw new Error("it waited in vain");
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Nothing is read and nothing is done, with the token of a member and without. */
async function isKeptOut() {
  const outcome = (asked) => asked.then(() => "answered", () => "kept out");
  equal(await outcome(send("Instance")), "kept out", "a query");
  equal(await outcome(send("Who", {}, token)), "kept out", "a query with a token");
  equal(await outcome(send("Reply", words(thread.id, "From another origin."), token)), "kept out", "a mutation");
  const unread = fetch(http, { method: "POST", mode: "no-cors", body: JSON.stringify({ query: texts.Reply, variables: words(thread.id, "Unread.") }) });
  await outcome(unread);
  const line = createSockets({ url: socket, connectionParams: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
  const told = (async () => {
    for await (const answer of line.iterate({ query: texts.Who })) return answer;
    throw new Error("nothing came");
  })();
  equal(await outcome(told), "kept out", "a socket");
  const stream = createStreams({ url: http, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
  const event = stream.iterate({ query: texts.Who }).next();
  equal(await outcome(event), "kept out", "an event stream");
}

await (allowed ? works() : isKeptOut()).catch((error) => faults.push(String(error.stack ?? error)));
await fetch("/told", { method: "POST", body: JSON.stringify({ checks: checks.length, faults }) });
