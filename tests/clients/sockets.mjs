// graphql-ws: everything over one socket.

import { trial } from "./trial.mjs";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { story } from "./story.mjs";
import { plain } from "./plain.mjs";

const connect = (forum, token) => plain(createClient({
  url: forum.socket,
  webSocketImpl: WebSocket,
  connectionParams: token ? { authorization: `Bearer ${token}` } : {},
  retryAttempts: 0,
}));

await trial("graphql-ws", (forum) => story(forum, connect));
