// Apollo Client with the cache that it has by default, and graphql-ws below its subscriptions.

import { trial } from "./trial.mjs";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, NetworkStatus, gql } from "@apollo/client";
import { loadDevMessages, loadErrorMessages } from "@apollo/client/dev";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { filter, firstValueFrom } from "rxjs";
import WebSocket from "ws";
import { answers } from "./answers.mjs";
import { texts } from "./documents.mjs";
import { story } from "./story.mjs";

// Apollo's link looks at the WebSocket of a browser, which Node.js has only since version 22.
globalThis.WebSocket ??= WebSocket;
loadDevMessages();
loadErrorMessages();

const documents = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, gql(text)]));
const isMutation = (name) => documents[name].definitions.some(({ operation }) => operation === OperationTypeNode.MUTATION);

function connect(forum, token) {
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  const socket = createClient({ url: forum.socket, webSocketImpl: WebSocket, connectionParams: authorization, retryAttempts: 0 });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: forum.http, headers: authorization }),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache() });

  async function ask(name, variables) {
    try {
      const document = documents[name];
      const { data } = isMutation(name) ? await client.mutate({ mutation: document, variables }) : await client.query({ query: document, variables });
      return data;
    } catch (error) {
      if (CombinedGraphQLErrors.is(error)) error.extensions = error.errors[0].extensions;
      throw error;
    }
  }

  async function pages(variables) {
    const watched = client.watchQuery({ query: documents.Thread, variables });
    const watching = watched.subscribe({});
    const settled = () => firstValueFrom(watched.pipe(filter(({ networkStatus }) => networkStatus === NetworkStatus.ready)));
    let { data } = await settled();
    while (data.thread.posts.pageInfo.hasNextPage) {
      await watched.fetchMore({
        variables: { after: data.thread.posts.pageInfo.endCursor },
        updateQuery: (before, { fetchMoreResult: { thread } }) => ({
          thread: { ...thread, posts: { ...thread.posts, edges: [...before.thread.posts.edges, ...thread.posts.edges] } },
        }),
      });
      ({ data } = await settled());
    }
    watching.unsubscribe();
    return data.thread.posts.edges.map(({ node }) => node);
  }

  async function rights({ id, first }) {
    await ask("Thread", { id, first });
    await ask("Rights", { id });
    const read = (query, variables) => client.readQuery({ query, variables }).thread.viewer;
    return { ...read(documents.Thread, { id, first }), ...read(documents.Rights, { id }) };
  }

  const kept = (variables) => client.readQuery({ query: documents.Thread, variables }).thread.posts.edges.map(({ node }) => node);

  const iterate = (name, variables) => answers((sink) => {
    const asked = client.subscribe({ query: documents[name], variables });
    const listening = asked.subscribe({
      ...sink,
      next: ({ data, error }) => (error ? sink.error(CombinedGraphQLErrors.is(error) ? error.errors : error) : sink.next({ data })),
    });
    return () => listening.unsubscribe();
  });

  async function close() {
    client.stop();
    await socket.dispose();
  }

  return { ask, pages, rights, kept, iterate, close };
}

await trial("Apollo Client", (forum) => story(forum, connect));
