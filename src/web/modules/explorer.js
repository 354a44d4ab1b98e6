// The explorer: sends a document to the API as any client does, shows what comes back, and looks things up in the schema.

import { documentation } from "./documentation.js";

const $ = (id) => document.getElementById(id);
const explorer = $("explorer");
const words = JSON.parse(explorer.dataset.words);
const say = (key) => words[key];
const [asked, variables, operation, answer, state] = ["document", "variables", "operation", "answer", "state"].map($);
// Maximum number of events kept on the page.
const MAX_EVENTS = 200;

/** The operations of a document, from its text: what stands outside all brackets before one opens. */
function operationsOf(text) {
  const bare = text.replace(/"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*/g, " ");
  const found = [];
  let depth = 0;
  let head = "";
  for (const c of bare) {
    if ("{([".includes(c)) {
      if (depth === 0 && c === "{") {
        const [, kind = "query", name = ""] = /^\s*(?:(query|mutation|subscription|fragment)\b\s*(\w*))?/.exec(head);
        if (kind !== "fragment") found.push({ kind, name });
        head = "";
      }
      depth += 1;
    } else if ("})]".includes(c)) depth -= 1;
    else if (depth === 0) head += c;
  }
  return found;
}

function offerOperations() {
  const names = operationsOf(asked.value).map(({ name }) => name).filter(Boolean);
  const chosen = operation.value;
  operation.replaceChildren(...names.map((name) => new Option(name)));
  if (names.includes(chosen)) operation.value = chosen;
  $("operations").hidden = names.length < 2;
}

// What is written here is restored after visiting another page, but not in another window.
function keep() {
  try {
    sessionStorage.setItem("explorer", JSON.stringify({ document: asked.value, variables: variables.value }));
  } catch {
    // The browser's storage may be disabled.
  }
}

function write(text, values) {
  asked.value = text;
  variables.value = values;
  offerOperations();
  keep();
}

const pretty = (value) => JSON.stringify(value, null, 2);
const number = (value, digits = 0) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
const bytes = (text) => new TextEncoder().encode(text).length;

/** Asks once. */
async function askOnce(body, token, signal) {
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json, application/json;q=0.9" };
  if (token) headers.authorization = `Bearer ${token}`;
  const started = performance.now();
  const response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify(body), credentials: token ? "omit" : "same-origin", signal });
  const text = await response.text();
  const took = performance.now() - started;
  try {
    answer.textContent = pretty(JSON.parse(text));
  } catch {
    answer.textContent = text;
  }
  state.textContent = `${response.status} · ${number(took)} ms · ${number(bytes(text) / 1024, 1)} KiB`;
}

/** Follows a subscription until it ends or is stopped. */
function follow(payload, token, signal) {
  return new Promise((done) => {
    const address = new URL("/graphql", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, "graphql-transport-ws");
    const send = (message) => socket.send(JSON.stringify(message));
    const events = [];
    const show = (value) => {
      events.push(pretty(value));
      if (events.length > MAX_EVENTS) events.shift();
      const isAtEnd = answer.scrollTop + answer.clientHeight > answer.scrollHeight - 40;
      answer.textContent = events.join("\n\n");
      if (isAtEnd) answer.scrollTop = answer.scrollHeight;
    };
    answer.textContent = "";
    signal.addEventListener("abort", () => socket.close(1000));
    socket.onopen = () => send({ type: "connection_init", payload: token ? { authorization: `Bearer ${token}` } : {} });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "connection_ack") {
        send({ id: "1", type: "subscribe", payload });
        state.textContent = say("explorer-following");
      } else if (message.type === "ping") send({ type: "pong" });
      else if (message.type === "next") show(message.payload);
      else if (message.type === "error") show({ errors: message.payload });
      if (message.type === "error" || message.type === "complete") socket.close(1000);
    };
    socket.onclose = ({ code, reason }) => {
      state.textContent = code === 1000 ? say("explorer-ended") : `${say("explorer-ended")} ${code} ${reason}`;
      done();
    };
  });
}

let running;

async function run() {
  running?.abort();
  const all = operationsOf(asked.value);
  const name = all.length > 1 ? operation.value : undefined;
  const { kind } = all.find((each) => each.name === name) ?? all[0] ?? { kind: "query" };
  const body = { query: asked.value, operationName: name };
  if (variables.value.trim()) {
    try {
      body.variables = JSON.parse(variables.value);
    } catch (error) {
      state.textContent = `${say("explorer-variables-wrong")} ${error.message}`;
      variables.setAttribute("aria-invalid", "true");
      variables.focus();
      return;
    }
  }
  variables.removeAttribute("aria-invalid");
  if ($("cost").checked) body.extensions = { cost: true };
  const token = $("token").value.trim();
  running = new AbortController();
  const { signal } = running;
  state.textContent = say("explorer-asking");
  $("stop").hidden = false;
  try {
    await (kind === "subscription" ? follow : askOnce)(body, token, signal);
  } catch {
    state.textContent = signal.aborted ? say("explorer-ended") : say("explorer-no-line");
  }
  if (running?.signal === signal) $("stop").hidden = true;
}

$("asking").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
$("stop").addEventListener("click", () => running?.abort());
explorer.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    run();
  }
});
asked.addEventListener("input", offerOperations);
for (const area of [asked, variables]) area.addEventListener("input", keep);
for (const button of document.querySelectorAll(".examples button")) {
  button.addEventListener("click", () => write(button.dataset.document, button.dataset.variables));
}

const given = new URLSearchParams(location.search);
const kept = (() => {
  try {
    return JSON.parse(sessionStorage.getItem("explorer")) ?? {};
  } catch {
    return {};
  }
})();
const [first] = document.querySelectorAll(".examples button");
if (given.has("query")) write(given.get("query"), given.get("variables") ?? "");
else if (kept.document) write(kept.document, kept.variables);
else write(first.dataset.document, first.dataset.variables);
explorer.hidden = false;
documentation({ say, write, place: $("documentation"), find: $("find") });
