// The pages' scripts name only what there is: no function, variable or export that another name has replaced.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const folder = fileURLToPath(new URL("../../src/web/modules/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => folder + name);
const program = ts.createProgram(files, {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ESNext,
  types: [],
});
// No such name, none but a similar one, and no such export. The scripts have no types, so other findings say little.
const codes = new Set([2304, 2552, 2305, 2724, 18004]);
const faults = ts.getPreEmitDiagnostics(program).filter(({ code }) => codes.has(code));
for (const { file, start, messageText } of faults) {
  const { line } = file.getLineAndCharacterOfPosition(start);
  console.log(`${file.fileName}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}
console.log(`${files.length} scripts, ${faults.length} faults`);
