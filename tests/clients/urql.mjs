// urql with graphcache as it is by default, and below its subscriptions graphql-ws, or the event streams that it reads itself.

import { trial } from "./trial.mjs";
import { createRequire } from "node:module";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { answers } from "./answers.mjs";
import { texts } from "./documents.mjs";
import { story } from "./story.mjs";

// urql is a package for bundlers: Node.js reads it as CommonJS, and its exchanges have to be read alike.
const require = createRequire(import.meta.url);
const { Client, createRequest, fetchExchange, subscriptionExchange } = require("urql");
const { cacheExchange } = require("@urql/exchange-graphcache");

const isMutation = (name) => texts[name].startsWith("mutation");

const overSockets = (socket) => subscriptionExchange({
  forwardSubscription: ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
  }),
});

function connect(forum, token, byStreams) {
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  const socket = createClient({ url: forum.socket, webSocketImpl: WebSocket, connectionParams: authorization, retryAttempts: 0 });
  const client = new Client({
    url: forum.http,
    preferGetMethod: false,
    fetchOptions: { headers: authorization },
    fetchSubscriptions: byStreams,
    exchanges: [cacheExchange(), fetchExchange, overSockets(socket)],
  });

  async function ask(name, variables, context) {
    const asked = isMutation(name) ? client.mutation(texts[name], variables) : client.query(texts[name], variables, context);
    const { data, error } = await asked.toPromise();
    if (!error) return data;
    throw Object.assign(error, { extensions: error.graphQLErrors[0]?.extensions });
  }

  async function pages({ id, first }) {
    const posts = [];
    let page = { endCursor: null, hasNextPage: true };
    while (page.hasNextPage) {
      const { thread } = await ask("Thread", { id, first, after: page.endCursor });
      posts.push(...thread.posts.edges.map(({ node }) => node));
      page = thread.posts.pageInfo;
    }
    return posts;
  }

  const read = async (name, variables) => (await ask(name, variables, { requestPolicy: "cache-only" })).thread;

  async function rights({ id, first }) {
    await ask("Thread", { id, first });
    await ask("Rights", { id });
    return { ...(await read("Thread", { id, first })).viewer, ...(await read("Rights", { id })).viewer };
  }

  const kept = async (variables) => (await read("Thread", { ...variables, after: null })).posts.edges.map(({ node }) => node);

  const iterate = (name, variables) => answers((sink) => {
    const asked = client.executeSubscription(createRequest(texts[name], variables));
    const told = ({ data, error, hasNext }) => {
      if (error) sink.error(error.networkError ?? error.graphQLErrors);
      else if (data) sink.next({ data });
      if (!hasNext) sink.complete();
    };
    return asked.subscribe(told).unsubscribe;
  });

  return { ask, pages, rights, kept, iterate, close: () => socket.dispose() };
}

await trial("urql", async (forum) => {
  await story(forum, (given, token) => connect(given, token, false));
  await story(forum, (given, token) => connect(given, token, true));
});
