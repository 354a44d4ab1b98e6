// Everything that the schema tells, kept by the caches that normalise: each root field's whole answer is written, read back without
// the server, and is the same. Two objects under one id, or one without an id, would be lost or warned of.

import { trial } from "./trial.mjs";
import { createRequire } from "node:module";
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { loadDevMessages, loadErrorMessages } from "@apollo/client/dev";
import { buildSchema, getNamedType, getNullableType, isCompositeType, isEnumType, isInterfaceType, isRequiredArgument } from "graphql";
import { readFileSync } from "node:fs";

const DEPTH = 2;
const PAGE = 3;
const FLAGS = ["--demo", "--query-fields", "100000", "--query-complexity", "100000000", "--document-bytes", "1000000", "--body-bytes", "1000000"];
const PASSWORD = "partage-demonstration";
const PEOPLE = ["delegate", "secretariat"];
// What a document must name a thing for, and what a demonstration does not have.
const LEFT_OUT = new Set(["node", "nodes", "preview", "previewNotes", "thread", "concept", "delegation", "invitation", "invitationState", "passwordLink"]);
// What can be asked of some objects of a type and not of others.
const UNEQUAL = new Set(["decideRefusal"]);
const VALUES = { number: "1" };

const require = createRequire(import.meta.url);
const { Client, fetchExchange } = require("urql");
const { cacheExchange } = require("@urql/exchange-graphcache");
const schema = buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
loadDevMessages();
loadErrorMessages();

/** A document for each root field, which asks for all that is below it to a depth. */
function documents() {
  const { Query } = schema.getTypeMap();
  const wanted = Object.values(Query.getFields()).filter(({ name }) => !LEFT_OUT.has(name));
  return wanted.map((field) => ({ name: field.name, text: `query Whole { ${selection(field, DEPTH)} }` }));
}

function selection(field, depth) {
  const type = getNamedType(field.type);
  // What a connection's nodes are, its edges tell.
  const set = isCompositeType(type) ? fields(type, field.name === "nodes" ? 0 : depth) : "";
  return `${field.name}${argumentsOf(field)} ${set}`;
}

function argumentsOf({ args }) {
  const given = args.filter((argument) => argument.name === "first" || isRequiredArgument(argument)).map((argument) => {
    const { name, type } = argument;
    if (name === "first") return `first: ${PAGE}`;
    const kind = getNullableType(type);
    return `${name}: ${VALUES[name] ?? (isEnumType(kind) ? kind.getValues()[0].name : undefined)}`;
  });
  return given.length ? `(${given.join(", ")})` : "";
}

/** Pages and edges are no step down; what lies too deep is asked for its id only. */
function fields(type, depth) {
  const all = Object.values(type.getFields());
  const isEntity = all.some(({ name }) => name === "id");
  if (depth === 0 && isEntity) return "{ __typename id }";
  const below = isEntity ? depth - 1 : depth;
  const asked = all.filter(({ name, args }) => !UNEQUAL.has(name) && !argumentsOf({ args }).includes("undefined"));
  const kinds = isInterfaceType(type) ? schema.getPossibleTypes(type).map(({ name }) => `... on ${name} { id }`) : [];
  return `{ __typename ${[...asked.map((field) => selection(field, below)), ...kinds].join(" ")} }`;
}

async function signIn(forum, email) {
  const query = "mutation($input: SignInInput!) { signIn(input: $input) { token } }";
  const body = JSON.stringify({ query, variables: { input: { email, password: PASSWORD } } });
  const response = await fetch(forum.http, { method: "POST", headers: { "content-type": "application/json" }, body });
  return (await response.json()).data.signIn.token;
}

/** Relay keeps objects by their ids alone: each belongs to one object of one type. */
function identify(forum, value, kinds) {
  if (Array.isArray(value)) for (const each of value) identify(forum, each, kinds);
  else if (value && typeof value === "object") {
    if (value.id) {
      const kind = kinds.get(value.id) ?? value.__typename;
      if (kind !== value.__typename) forum.equal(value.__typename, kind, `the type of ${value.id}`);
      kinds.set(value.id, kind);
    }
    identify(forum, Object.values(value), kinds);
  }
}

/** What this person may ask. */
async function allowed(forum, headers, kinds) {
  const answers = documents().map(async (document) => {
    const body = JSON.stringify({ query: document.text });
    const response = await fetch(forum.http, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body });
    const { data, errors } = await response.json();
    identify(forum, data, kinds);
    if (errors && errors.some(({ extensions }) => extensions.code !== "DENIED")) throw new Error(`${document.name}: ${JSON.stringify(errors)}`);
    return errors ? [] : [document];
  });
  return (await Promise.all(answers)).flat();
}

async function apollo(forum, headers, asked) {
  const client = new ApolloClient({ link: new HttpLink({ uri: forum.http, headers }), cache: new InMemoryCache() });
  for (const { name, text } of asked) {
    const query = gql(text);
    const { data } = await client.query({ query });
    forum.equal(client.readQuery({ query }), data, `${name}, as Apollo Client keeps it`);
  }
  client.stop();
}

async function urql(forum, headers, asked) {
  const client = new Client({ url: forum.http, preferGetMethod: false, fetchOptions: { headers }, exchanges: [cacheExchange(), fetchExchange] });
  for (const { name, text } of asked) {
    const { data, error } = await client.query(text).toPromise();
    if (error) throw error;
    const kept = await client.query(text, {}, { requestPolicy: "cache-only" }).toPromise();
    forum.equal(kept.data, data, `${name}, as graphcache keeps it`);
  }
}

await trial("normalising caches", async (forum) => {
  const kinds = new Map();
  for (const who of PEOPLE) {
    const headers = { authorization: `Bearer ${await signIn(forum, `${who}@demo.invalid`)}` };
    const asked = await allowed(forum, headers, kinds);
    await apollo(forum, headers, asked);
    await urql(forum, headers, asked);
  }
  forum.equal(kinds.size > 100, true, "there is much to keep");
}, FLAGS);
