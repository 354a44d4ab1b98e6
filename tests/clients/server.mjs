// The server as a process of its own, which a trial kills and starts again on the same port.

import { spawn } from "node:child_process";
import { once } from "node:events";

const LISTENING = /Listening on http:\/\/(\S+?)\/?\s/;

export class Server {
  /** All that it has written, over all its lives. */
  said = "";
  #program;
  #flags;
  #child;
  #address = "127.0.0.1:0";

  constructor({ program, database, flags }) {
    this.#program = program;
    this.#flags = ["--database", database, ...flags];
    process.on("exit", () => this.#child?.kill("SIGKILL"));
  }

  /** Where it listens, before and after a restart. */
  get address() {
    return this.#address;
  }

  /** Starts it, on the port that it had before. */
  async start() {
    const child = spawn(this.#program, ["serve", "--listen", this.#address, ...this.#flags], {
      env: {},
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    let said = "";
    this.#address = await new Promise((listening, failed) => {
      const take = (text) => {
        said += text;
        this.said += text;
        const found = LISTENING.exec(said);
        if (found) listening(found[1]);
      };
      child.stdout.setEncoding("utf8").on("data", take);
      child.stderr.setEncoding("utf8").on("data", take);
      child.on("error", failed);
      child.on("exit", (code, signal) => failed(new Error(`the server ended with ${code ?? signal}: ${said}`)));
    });
  }

  /** Ends it at once, as a power cut would. */
  async kill() {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
