// All documents that are written by hand.

import { execution } from "./execution.mjs";
import { validation } from "./validation.mjs";
import { values } from "./values.mjs";

export const tables = (scene) => [...validation(scene), ...execution(scene), ...values(scene)];
