// graphql-codegen makes types of the schema and of the documents; TypeScript, as strict as it can be, finds nothing to say about
// them and about a client that is written with them; and that client runs.

import { trial } from "./trial.mjs";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as typedDocumentNode from "@graphql-codegen/typed-document-node";
import * as typescript from "@graphql-codegen/typescript";
import * as typescriptOperations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";
import WebSocket from "ws";
import { story } from "./story.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const schema = parse(readFileSync(`${folder}../../schema.graphql`, "utf8"));
const documents = [{ location: "forum.graphql", document: parse(readFileSync(`${folder}documents/forum.graphql`, "utf8")) }];
const config = { strictScalars: true, scalars: { DateTime: "string", ID: "string", UUID: "string" }, useTypeImports: true };
const plugins = {
  "schema.ts": { typescript },
  "documents.ts": { "typescript-operations": typescriptOperations, "typed-document-node": typedDocumentNode },
};

/** Writes the modules of types. */
async function generate() {
  mkdirSync(`${folder}made`, { recursive: true });
  for (const [name, pluginMap] of Object.entries(plugins)) {
    const named = Object.keys(pluginMap).map((plugin) => ({ [plugin]: {} }));
    const code = await codegen({ filename: name, schema, documents, config, plugins: named, pluginMap });
    const loose = code.replace(/\/\*[\s\S]*?\*\//g, "").match(/^.*\bany\b.*$/m);
    if (loose) throw new Error(`${name} has a type that is none: ${loose[0]}`);
    writeFileSync(`${folder}made/${name}`, code);
  }
}

/** Compiles the client. */
function compile() {
  const compiler = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "--project", "typed"], { cwd: folder, encoding: "utf8" });
  if (status !== 0 || stdout || stderr) throw new Error(`TypeScript: ${status} ${stdout}${stderr}`);
}

// What a browser has, and Node.js only since version 22.
globalThis.WebSocket ??= WebSocket;
await trial("graphql-codegen", async (forum) => {
  await generate();
  compile();
  const { connect } = await import("./made/program/typed/client.js");
  await story(forum, (...given) => {
    const client = connect(...given);
    const ask = (name, variables) => client.operations[name](variables);
    return { ...client, ask, iterate: (_, variables) => client.events(variables) };
  });
});
