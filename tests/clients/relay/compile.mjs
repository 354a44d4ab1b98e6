// Has relay-compiler read the documents by the schema.

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const NAMES = { SignIn: "Mutation", OpenThread: "Mutation", Reply: "Mutation", Lock: "Mutation", Events: "Subscription" };
const require = createRequire(import.meta.url);

/** The compiled documents by their names. Any warning of the compiler is an error. */
export function compile() {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  mkdirSync(`${folder}__generated__`, { recursive: true });
  const compiler = require("relay-compiler");
  const { status, stdout, stderr } = spawnSync(compiler, ["--noWatchman", "--output", "quiet-with-errors", "relay.config.json"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0 || stdout || stderr) throw new Error(`relay-compiler: ${status} ${stdout}${stderr}`);
  const read = (name) => require(`./__generated__/documents${name}.graphql.js`);
  const operations = ["Instance", "Who", "SignIn", "OpenThread", "Reply", "Lock", "Thread", "Posts", "Place", "Rights", "Events"];
  const documents = operations.map((name) => [name, read(name + (NAMES[name] ?? "Query"))]);
  return { ...Object.fromEntries(documents), posts: read("_posts") };
}
