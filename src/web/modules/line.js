// The connection to the forum. Subscriptions use graphql-transport-ws; where that is blocked, server-sent events; and where
// those are blocked too, the page polls. After an interruption it reconnects by itself for as long as the page is open, and
// resumes from the last cursor that it received.

// Timings of the connection, in milliseconds: the longest pause before a retry, and the pause between two polls; the time
// allowed for opening; how long a socket may be silent before it is pinged and how long the answer may take, so that a dead
// connection is noticed within ten seconds; and how long an event stream may be silent, to which the forum sends something
// every 25 seconds.
const MAX_DELAY = 30_000;
const BETWEEN_POLLS = 15_000;
const OPEN_TIMEOUT = 10_000;
const PING_AFTER = 4500;
const PONG_TIMEOUT = 4500;
const EVENTS_TIMEOUT = 75_000;
// Refusals that stay the same however often the request is repeated.
const FINAL = new Set(["NOT_FOUND", "DENIED", "INVALID", "BAD_REQUEST", "UNAUTHENTICATED"]);

const isFinal = (errors) => errors?.some((error) => FINAL.has(error.extensions?.code));

// The person to whom this page belongs: the forum executes nothing for it in the name of somebody who has signed in since.
const { person } = document.documentElement.dataset;
const personHeader = person ? { "partage-person": person } : {};
const OTHER_PERSON = 412;

/**
 * Executes a query or mutation once. Throws when the connection is down, and when the page belongs to somebody who is no longer signed in.
 */
export async function execute(query, variables, more = {}) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...personHeader },
    body: JSON.stringify({ query, variables }),
    ...more,
  });
  if (answer.status === OTHER_PERSON) throw new Error("somebody else has signed in");
  return answer.json();
}

/** Executes a query by GET; if nothing has changed since, the forum only confirms that and the browser takes the answer from its cache. */
export async function executeGet(query, variables) {
  const asked = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const answer = await fetch(`/graphql?${asked}`, { headers: { accept: "application/json" } });
  return answer.json();
}

/**
 * Follows a subscription: `onEvent` is called for each event, `onConnection` with whether the connection is up, `poll` to load the current state
 * where nothing else gets through, and `onEnd` when the subscription has ended; `besides` are followed on the same socket, and only there.
 */
export function follow({ query, variables, onEvent, onConnection = () => {}, onEnd = () => {}, poll, besides = [] }) {
  const transports = [overSocket, overEvents, ...(poll ? [byPolling] : [])];
  let transport = 0;
  let cursor = variables.after;
  let failures = 0;
  let tries = 0;

  function next(data) {
    const event = data && Object.values(data)[0];
    if (!event) return;
    cursor = event.cursor ?? cursor;
    onEvent(event);
  }

  function up() {
    tries = 0;
    failures = 0;
    onConnection(true);
  }

  // Retries. What fails twice although the forum can be reached is replaced by the next transport.
  async function down(opened, isSilent) {
    if (isSilent) onConnection(false, 0);
    else onConnection(false);
    if (!opened) {
      const reached = await execute("{ __typename }").then(() => true, () => false);
      failures += reached ? 1 : 0;
      if (failures >= 2) {
        transport = (transport + 1) % transports.length;
        failures = 0;
      }
    }
    // Jitter keeps a thousand readers from reconnecting at the same moment.
    const longest = Math.min(MAX_DELAY, 500 * 2 ** Math.min(tries, 10));
    tries += 1;
    setTimeout(open, longest / 2 + (Math.random() * longest) / 2);
  }

  const open = () => transports[transport]();

  function overSocket() {
    const address = new URL("/graphql", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, "graphql-transport-ws");
    const send = (message) => socket.send(JSON.stringify(message));
    let opened = false;
    let quiet;
    const late = setTimeout(() => leave(), OPEN_TIMEOUT);

    // Abandons this socket, whatever state the browser reports for it.
    function leave(isOver = false, isSilent = false) {
      clearTimeout(late);
      clearTimeout(quiet);
      socket.onmessage = socket.onclose = null;
      socket.close(1000);
      if (isOver) onEnd();
      else down(opened, isSilent);
    }

    // A connection that is cut without a close frame answers no ping.
    function listen() {
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        send({ type: "ping" });
        quiet = setTimeout(leave, PONG_TIMEOUT, false, true);
      }, PING_AFTER);
    }

    socket.onopen = () => send({ type: "connection_init" });
    socket.onmessage = ({ data }) => {
      listen();
      const message = JSON.parse(data);
      if (message.type === "connection_ack") {
        clearTimeout(late);
        opened = true;
        up();
        const all = [{ query, variables: { ...variables, after: cursor } }, ...besides];
        all.forEach((each, at) =>
          send({ id: String(at), type: "subscribe", payload: { query: each.query, variables: each.variables } }),
        );
      } else if (message.type === "ping") {
        send({ type: "pong" });
      } else if (message.type === "next") {
        const { data: payload } = message.payload;
        if (message.id === "0") next(payload);
        else {
          const [event] = Object.values(payload ?? {});
          if (event) besides[message.id - 1].onEvent(event);
        }
      } else if (message.id === "0" && message.type === "complete") {
        leave();
      } else if (message.id === "0" && message.type === "error") {
        leave(isFinal(message.payload));
      }
    };
    socket.onclose = ({ code }) => {
      clearTimeout(late);
      clearTimeout(quiet);
      // A user personHeader session has ended continues as a visitor when the page is reloaded.
      if (code !== 4403) down(opened);
    };
  }

  async function overEvents() {
    const stop = new AbortController();
    let opened = false;
    let late = setTimeout(() => stop.abort(), OPEN_TIMEOUT);
    try {
      const answer = await fetch("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream" },
        body: JSON.stringify({ query, variables: { ...variables, after: cursor } }),
        signal: stop.signal,
      });
      if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) {
        const { errors } = await answer.json();
        if (!isFinal(errors)) throw new Error("no stream");
        clearTimeout(late);
        onEnd();
        return;
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(late);
        late = setTimeout(() => stop.abort(), EVENTS_TIMEOUT);
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
          const line = block.split("\n").find((each) => each.startsWith("data:"));
          if (!block.startsWith("event: next") || !line) continue;
          const { data, errors } = JSON.parse(line.slice("data:".length));
          if (isFinal(errors)) {
            clearTimeout(late);
            onEnd();
            return;
          }
          // A temporary refusal: this stream is of no use yet.
          if (errors && !data) throw new Error("refused");
          next(data);
        }
        if (!opened) up();
        opened = true;
      }
    } catch {
      // Interrupted: it is opened again below.
    }
    clearTimeout(late);
    down(opened);
  }

  async function byPolling() {
    // The better transports are tried again from time to time.
    for (let round = 0; round < 8; round += 1) {
      if (!(await poll().then(() => true, () => false))) return down(true);
      up();
      await new Promise((done) => setTimeout(done, BETWEEN_POLLS));
    }
    transport = 0;
    open();
  }

  open();
}
