// The loop that docs/api.md gives to authors of clients, as it stands there.

import { readFileSync } from "node:fs";

const page = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
/** The text of a module. */
export const [, source] = /```js\n(export async function\* follow[\s\S]*?)```/.exec(page);

export const { follow } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
