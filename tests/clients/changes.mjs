// graphql-inspector lists what has changed since the last release, and docs/changelog.md has to name each change: its coordinate in
// backticks, such as `Thread.url` or `Query.threads.first`, with `*` for any letters, under the heading of what is not released.
// A new type needs one entry, not one for each of its fields. Descriptions are not listed: they are there to be made better.

import { readFileSync } from "node:fs";
import { diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const schema = (path) => buildSchema(read(path));

/** What the changelog names, as patterns. */
function named(changelog) {
  const [, newest] = changelog.split(/^## /m);
  const coordinates = newest.match(/`[A-Za-z*][\w*]*(\.[\w*]+)*`/g) ?? [];
  return coordinates.map((coordinate) => new RegExp(`^${coordinate.slice(1, -1).replaceAll(".", "\\.").replaceAll("*", "\\w*")}$`));
}

/** Whether one of the patterns is the change's place; that of a directive is where it stands, that of a part of a new type is the type. */
function isNamed(patterns, { path }) {
  const place = path.split(".@")[0];
  const [type] = place.split(".");
  return patterns.some((pattern) => pattern.test(before.getType(type) ? place : type));
}

const before = schema("before.graphql");
const all = await diff(before, schema("../../schema.graphql"));
const changes = all.filter(({ type }) => !type.includes("DESCRIPTION"));
const patterns = named(read("../../docs/changelog.md"));
const unnamed = changes.filter((change) => !isNamed(patterns, change));
for (const { path, criticality, message } of changes) console.log(`${criticality.level.toLowerCase()} ${path}: ${message}`);
for (const { path, criticality, message } of unnamed) {
  console.log(`FAULT docs/changelog.md does not name \`${path}\`, ${criticality.level.toLowerCase()}: ${message}`);
}
console.log(`the schema: ${changes.length} changes, ${unnamed.length} faults`);
process.exitCode = unnamed.length ? 1 : 0;
