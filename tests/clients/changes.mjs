// graphql-inspector lists what has changed since the last release, and docs/changelog.md has to name each change: its coordinate in
// backticks, such as `Thread.url` or `Query.threads.first`, with `*` for any letters, under the heading of what is not released.
// A new type needs one entry, not one for each of its fields, and a new field none for its arguments. Descriptions are not listed: they are there to be made better.

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

/** Where an entry has to stand: a directive is named where it is, and what belongs to a new type or field by that type or field. */
function placeOf({ path }) {
  const [type, field] = path.split(".@")[0].split(".");
  const known = before.getType(type);
  if (!known) return type;
  return field && known.getFields && !known.getFields()[field] ? `${type}.${field}` : path.split(".@")[0];
}

const isNamed = (patterns, change) => patterns.some((pattern) => pattern.test(placeOf(change)));

const before = schema("before.graphql");
const all = await diff(before, schema("../../schema.graphql"));
const changes = all.filter(({ type }) => !type.includes("DESCRIPTION"));
const patterns = named(read("../../docs/changelog.md"));
const unnamed = changes.filter((change) => !isNamed(patterns, change));
for (const { path, criticality, message } of changes) console.log(`${criticality.level.toLowerCase()} ${path}: ${message}`);
for (const change of unnamed) {
  const { criticality, message } = change;
  console.log(`FAULT docs/changelog.md does not name \`${placeOf(change)}\`, ${criticality.level.toLowerCase()}: ${message}`);
}
console.log(`the schema: ${changes.length} changes, ${unnamed.length} faults`);
process.exitCode = unnamed.length ? 1 : 0;
