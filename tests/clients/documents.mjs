// The documents that the clients ask, each with the fragments that it needs.

import { readFileSync } from "node:fs";
import { parse, print, separateOperations } from "graphql";

const source = readFileSync(new URL("documents/forum.graphql", import.meta.url), "utf8");
const separated = separateOperations(parse(source));

/** The text of an operation, by its name. */
export const texts = Object.fromEntries(Object.entries(separated).map(([name, document]) => [name, print(document)]));
