// Chapter 4: what the server says about its schema is what `schema.graphql` says, whatever is asked of it.

import { buildClientSchema, getIntrospectionQuery, introspectionFromSchema, lexicographicSortSchema, printSchema } from "graphql";

const OPTIONS = ["descriptions", "specifiedByUrl", "directiveIsRepeatable", "schemaDescription", "inputValueDeprecation", "oneOf"];

/** The introspection with each set of options, as what is wrong with it. */
export async function introspection(schema, asker) {
  const checks = [];
  for (let set = 0; set < 2 ** OPTIONS.length; set += 1) {
    const options = Object.fromEntries(OPTIONS.map((option, at) => [option, Boolean(set & (2 ** at))]));
    const { answer, problems } = await asker.post({ query: getIntrospectionQuery(options), operationName: "IntrospectionQuery" });
    const name = `4 introspection with ${Object.keys(options).filter((option) => options[option]).join(", ") || "nothing"}`;
    if (answer.errors) checks.push({ name, problems: [...problems, JSON.stringify(answer.errors)] });
    else if (options.descriptions && options.schemaDescription && !answer.data.__schema.description?.startsWith("The API of Partage"))
      checks.push({ name, problems: ["the schema has another description"] });
    else checks.push({ name, problems: [...problems, ...compare(printed(answer.data), printed(introspectionFromSchema(schema, options)))] });
  }
  return checks;
}

// The published file leaves out the definition of the roots, and the schema's description with it.
const printed = (found) => printSchema(lexicographicSortSchema(buildClientSchema({ __schema: { ...found.__schema, description: undefined } }))).split("\n");

function compare(is, wanted) {
  const differing = wanted.findIndex((line, at) => is[at] !== line);
  if (differing < 0 && is.length === wanted.length) return [];
  const at = differing < 0 ? wanted.length : differing;
  return [`line ${at + 1} of the schema is ${JSON.stringify(is[at])} and not ${JSON.stringify(wanted[at])}`];
}
