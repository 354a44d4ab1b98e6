// What every trial has: an ear for warnings, a server, and a forum in which others write. Imported before any client, so that
// nothing is said unheard.

import { format } from "node:util";
import { Forum } from "./forum.mjs";
import { Server } from "./server.mjs";

// Apollo Client warns only where it knows that it is being developed with.
globalThis.__DEV__ = true;

// A trial is to be stopped by nothing but the kill.
const UNLIMITED = ["--posts-per-minute", "1000000"];

const print = console.log;
const warnings = [];
for (const level of ["warn", "error", "trace", "assert"]) {
  console[level] = (...words) => warnings.push(`console.${level}: ${format(...words)}`);
}
process.on("warning", (warning) => warnings.push(`${warning.name}: ${warning.message}`));

/** Runs a trial on a server of its own, with further flags. It fails by an error, and by any word of warning from the client. */
export async function trial(name, act, flags = []) {
  const begun = Date.now();
  const server = new Server({
    program: wanted("PARTAGE_PROGRAM"),
    database: wanted("PARTAGE_DATABASE"),
    flags: [...UNLIMITED, ...flags],
  });
  const forum = new Forum(server, {
    token: wanted("PARTAGE_MODERATOR"),
    credentials: { email: wanted("PARTAGE_EMAIL"), password: wanted("PARTAGE_PASSWORD") },
  });
  let failure;
  try {
    await server.start();
    await act(forum);
    // What a client says late is heard too.
    await new Promise((done) => setTimeout(done, 100));
    await server.kill();
  } catch (error) {
    failure = error;
  }
  for (const warning of warnings) print(`WARNING ${warning}`);
  if (failure) print(`FAULT ${failure.stack ?? format(failure)}\n${server.said}`);
  const faults = warnings.length + (failure ? 1 : 0);
  print(`${name}: ${forum.checks} checks in ${((Date.now() - begun) / 1000).toFixed(1)} s, ${faults} faults`);
  process.exit(faults ? 1 : 0);
}

function wanted(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
