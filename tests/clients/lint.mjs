// graphql-eslint looks at the schema by the rules that it recommends, those of Relay, and some more.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import graphql from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";

const root = fileURLToPath(new URL("../..", import.meta.url));
const schema = `${root}schema.graphql`;

const rules = {
  ...graphql.configs["flat/schema-recommended"].rules,
  ...graphql.configs["flat/schema-relay"].rules,
  // Not by lists of edges only: connections also list their nodes, and enumerations have no edges.
  "@graphql-eslint/relay-edge-types": ["error", { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false }],
  // Everything is described, not only types and root fields.
  "@graphql-eslint/require-description": [
    "error",
    { types: true, rootField: true, DirectiveDefinition: true, EnumValueDefinition: true, FieldDefinition: true, InputValueDefinition: true },
  ],
  "@graphql-eslint/no-scalar-result-type-on-mutation": "error",
  "@graphql-eslint/require-nullable-fields-with-oneof": "error",
  // Left off of what the plugin has besides:
  // - alphabetize: fields stand in the order of their weight, values in that of their course.
  // - input-name: inputs of the same content share a type, such as CaseInput.
  // - no-root-type: it is for schemas without mutations or subscriptions.
  // - require-deprecation-date: a field that goes stays for at least a year, as docs/api.md says.
  // - require-field-of-type-query-in-mutation-result: a client asks a second operation for what it wants besides.
  // - require-nullable-result-in-root: a root field that cannot be missing says so; docs/api.md says what an error does then.
  // - require-type-pattern-with-oneof: it wants the types of results to be named Ok and Error, and errors are errors here.
};

const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: {
    files: ["**/*.graphql"],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
    plugins: { "@graphql-eslint": graphql },
    rules,
  },
});

// A rule of this linter that has nothing to look at finds nothing: it has to find what is put in its way.
const spoilt = `${readFileSync(schema, "utf8")}\ntype ConnectionOfNothing { nodes: [String!]! }\n`;
const [[{ messages: found }], [{ messages }]] = [await eslint.lintText(spoilt, { filePath: schema }), await eslint.lintFiles([schema])];
if (!found.some(({ ruleId }) => ruleId === "@graphql-eslint/require-description")) {
  messages.push({ line: 0, ruleId: "lint.mjs", message: "a type without a description is not found" });
}
for (const { line, ruleId, message } of messages) console.log(`FAULT schema.graphql:${line} ${ruleId}: ${message}`);
console.log(`schema.graphql: ${Object.keys(rules).length} rules, ${messages.length} faults`);
process.exitCode = messages.length ? 1 : 0;
