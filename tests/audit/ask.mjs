// The ways to ask: POST and GET of HTTP, event streams, and the socket.

import WebSocket from "ws";

const PATIENCE = 20_000;
const GRAPHQL = "application/graphql-response+json";
const JSON_MEDIA = "application/json";

/** A server and somebody who asks it. */
export class Asker {
  constructor(url, token) {
    this.url = new URL("/graphql", url);
    this.token = token;
  }

  /** By POST; what came back, and what is wrong with it as HTTP. */
  async post(request, refused) {
    const headers = { ...this.#headers(GRAPHQL), "content-type": JSON_MEDIA };
    const response = await fetch(this.url, { method: "POST", headers, body: JSON.stringify(request), signal: patience() });
    return read(response, GRAPHQL, refused ? [400] : [200]);
  }

  /** The same in plain JSON, in which a well-formed request is answered with 200 whatever becomes of it. */
  async postJson(request) {
    const headers = { ...this.#headers(JSON_MEDIA), "content-type": JSON_MEDIA };
    const response = await fetch(this.url, { method: "POST", headers, body: JSON.stringify(request), signal: patience() });
    return read(response, JSON_MEDIA, [200]);
  }

  /** By GET: queries only. */
  async get({ query, variables, operationName }, refused) {
    const url = new URL(this.url);
    url.searchParams.set("query", query);
    if (variables) url.searchParams.set("variables", JSON.stringify(variables));
    if (operationName) url.searchParams.set("operationName", operationName);
    const response = await fetch(url, { headers: this.#headers(GRAPHQL), signal: patience() });
    return read(response, GRAPHQL, refused ? [400] : [200]);
  }

  /** By an event stream, until it completes or so many answers have come. */
  async stream(request, most) {
    const headers = { ...this.#headers("text/event-stream"), "content-type": JSON_MEDIA };
    const cut = new AbortController();
    const end = setTimeout(() => cut.abort(), PATIENCE);
    const response = await fetch(this.url, { method: "POST", headers, body: JSON.stringify(request), signal: cut.signal });
    const kind = response.headers.get("content-type")?.split(";")[0];
    const told = { kind, status: response.status, answers: [], completed: false, problems: [] };
    if (kind !== "text/event-stream") {
      clearTimeout(end);
      told.answers.push(JSON.parse(await response.text()));
      return told;
    }
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split(/\r?\n\r?\n/);
      text = events.pop();
      for (const event of events) tell(told, event);
      if (told.completed || told.answers.length >= most) break;
    }
    clearTimeout(end);
    cut.abort();
    return told;
  }

  /** Opens a socket on which many operations can be asked at once. */
  async socket() {
    const url = new URL(this.url);
    url.protocol = "ws:";
    const line = new Line(new WebSocket(url, "graphql-transport-ws"));
    await line.open(this.token ? { authorization: `Bearer ${this.token}` } : {});
    return line;
  }

  #headers(accept) {
    return this.token ? { accept, authorization: `Bearer ${this.token}` } : { accept };
  }
}

/** One socket. */
class Line {
  #socket;
  #waiting = new Map();
  #count = 0;

  constructor(socket) {
    this.#socket = socket;
  }

  async open(payload) {
    await new Promise((done, failed) => {
      this.#socket.on("open", done);
      this.#socket.on("error", failed);
    });
    const acknowledged = new Promise((done, failed) => {
      this.#waiting.set(undefined, { take: done, fail: failed });
    });
    this.#socket.on("message", (data) => this.#take(JSON.parse(data)));
    this.#socket.on("close", (code, reason) => {
      for (const { fail } of this.#waiting.values()) fail(new Error(`the socket closed with ${code} ${reason}`));
    });
    this.#socket.send(JSON.stringify({ type: "connection_init", payload }));
    await acknowledged;
    this.#waiting.delete(undefined);
  }

  #take(message) {
    if (message.type === "ping") this.#socket.send(JSON.stringify({ type: "pong" }));
    else this.#waiting.get(message.id)?.take(message);
  }

  /** Asks one operation, until it completes or so many answers have come. A refusal is an answer with errors only. */
  ask(request, most = Infinity) {
    const id = String((this.#count += 1));
    const told = { answers: [], completed: false, refused: false, problems: [] };
    return new Promise((done, failed) => {
      const end = () => {
        clearTimeout(late);
        this.#waiting.delete(id);
        done(told);
      };
      const late = setTimeout(() => {
        told.problems.push(`nothing more came by the socket after ${told.answers.length} answers`);
        end();
      }, PATIENCE);
      const take = ({ type, payload }) => {
        if (type === "next") told.answers.push(payload);
        else if (type === "error") {
          told.refused = true;
          told.answers.push({ errors: payload });
        } else if (type === "complete") told.completed = true;
        else told.problems.push(`a message of the type ${type}`);
        if (told.answers.length >= most && !told.completed) {
          this.#socket.send(JSON.stringify({ id, type: "complete" }));
          end();
        } else if (told.completed || told.refused) end();
      };
      this.#waiting.set(id, { take, fail: failed });
      this.#socket.send(JSON.stringify({ id, type: "subscribe", payload: request }));
    });
  }

  close() {
    this.#socket.close(1000);
  }
}

function tell(told, event) {
  const fields = event.split(/\r?\n/).map((line) => /^([a-z]*): ?(.*)$/.exec(line) ?? []);
  const value = (name) => fields.filter(([, field]) => field === name).map(([, , text]) => text).join("\n");
  if (value("event") === "complete") told.completed = true;
  else if (value("event") === "next") told.answers.push(JSON.parse(value("data")));
  else if (value("event")) told.problems.push(`an event of the type ${value("event")}`);
}

async function read(response, media, statuses) {
  const problems = [];
  const kind = response.headers.get("content-type")?.split(";")[0];
  if (!statuses.includes(response.status)) problems.push(`the status is ${response.status} and not ${statuses}`);
  if (kind !== media) problems.push(`the media type is ${kind}`);
  const text = await response.text();
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    problems.push(`it is no JSON: ${text.slice(0, 160)}`);
  }
  return { answer, problems };
}

const patience = () => AbortSignal.timeout(PATIENCE);
