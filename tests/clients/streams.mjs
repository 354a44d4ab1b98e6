// graphql-sse: everything by server-sent events.

import { trial } from "./trial.mjs";
import { createClient } from "graphql-sse";
import { story } from "./story.mjs";
import { plain } from "./plain.mjs";

const connect = (forum, token) => plain(createClient({
  url: forum.http,
  headers: token ? { authorization: `Bearer ${token}` } : {},
  retryAttempts: 0,
}));

await trial("graphql-sse", (forum) => story(forum, connect));
