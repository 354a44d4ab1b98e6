// Clients in pages of two other origins, in Chromium: one that the server allows, and one that it does not.

import { trial } from "./trial.mjs";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { texts } from "./documents.mjs";
import { source } from "./loop.mjs";

const PATIENCE = 60_000;
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--no-first-run", "--enable-logging=stderr", "--remote-debugging-port=0",
];
const folder = new URL(".", import.meta.url);
const FILES = {
  "/": ["text/html", "browser/page.html"],
  "/page.mjs": ["text/javascript", "browser/page.mjs"],
};

/** An origin of its own, with the page. */
class Origin {
  #server;
  #task;
  #told;

  async open() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  /** Shows the page to Chromium; what the page tells in the end, and what Chromium says of it. */
  async show(task, restart) {
    this.#task = { task, restart };
    const profile = mkdtempSync(join(tmpdir(), "chromium-"));
    const chromium = spawn("chromium", [...FLAGS, `--user-data-dir=${profile}`, `${this.url}/`], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    chromium.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    const ended = new Promise((done) => chromium.on("close", done));
    try {
      const told = await new Promise((done, failed) => {
        this.#told = done;
        chromium.on("error", failed);
        setTimeout(() => failed(new Error(`Chromium told nothing: ${said}`)), PATIENCE).unref();
      });
      return { ...told, said: said.split("\n").filter((line) => line.includes("CONSOLE")) };
    } finally {
      chromium.kill("SIGKILL");
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      this.#server.close();
    }
  }

  async #answer(request, response) {
    const path = new URL(request.url, this.url).pathname;
    const send = (type, body) => response.writeHead(200, { "content-type": type }).end(body);
    if (path === "/task") send("application/json", JSON.stringify(this.#task.task));
    else if (path === "/loop.mjs") send("text/javascript", source);
    else if (path === "/told") {
      let body = "";
      for await (const chunk of request) body += chunk;
      send("text/plain", "");
      this.#told(JSON.parse(body));
    } else if (path === "/restart") {
      await this.#task.restart();
      send("text/plain", "");
    } else if (path.startsWith("/packages/") && !path.includes("..")) {
      send("text/javascript", readFileSync(new URL(`node_modules${path.slice("/packages".length)}`, folder)));
    } else if (FILES[path]) send(FILES[path][0], readFileSync(new URL(FILES[path][1], folder)));
    else response.writeHead(404).end();
  }
}

const [allowed, other] = [await new Origin().open(), await new Origin().open()];

await trial("browser", async (forum) => {
  const restart = async () => {
    await forum.server.kill();
    await forum.server.start();
  };
  const common = { http: forum.http, socket: forum.socket, texts };
  const thread = await forum.thread("From another origin");
  const works = await allowed.show({ ...common, allowed: true, credentials: forum.credentials, thread }, restart);
  forum.checks += works.checks;
  forum.equal(works.faults, [], "the page of the allowed origin");
  // That the line is cut is told by the browser itself.
  const words = works.said.filter((line) => !/net::ERR_|WebSocket connection to/.test(line));
  forum.equal(words, [], "what Chromium says of the page of the allowed origin");

  const { id } = await forum.opened("Not from there");
  const kept = await other.show({ ...common, allowed: false, thread: { id }, token: forum.token }, restart);
  forum.checks += kept.checks;
  forum.equal(kept.faults, [], "the page of the other origin");
  forum.equal((await forum.posts(id)).length, 1, "what the page of the other origin has written");
}, ["--cors-origin", allowed.url]);
