// relay-compiler and relay-runtime with a store as it is by default, and graphql-ws below its subscriptions.

import { trial } from "./trial.mjs";
import { createClient } from "graphql-ws";
import relay from "relay-runtime";
import WebSocket from "ws";
import { answers } from "./answers.mjs";
import { compile } from "./relay/compile.mjs";
import { story } from "./story.mjs";

const { Environment, Network, Observable, RecordSource, Store } = relay;
const { createOperationDescriptor, getRequest, getSingularSelector } = relay;

function connect(documents, forum, token) {
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  const socket = createClient({ url: forum.socket, webSocketImpl: WebSocket, connectionParams: authorization, retryAttempts: 0 });
  const headers = { accept: "application/graphql-response+json", "content-type": "application/json", ...authorization };
  const fetchQuery = async ({ text }, variables) => {
    const response = await fetch(forum.http, { method: "POST", headers, body: JSON.stringify({ query: text, variables }) });
    return response.json();
  };
  const subscribe = ({ text }, variables) => Observable.create((sink) => socket.subscribe({ query: text, variables }, sink));
  const environment = new Environment({ network: Network.create(fetchQuery, subscribe), store: new Store(new RecordSource()) });

  const query = (name, variables) => relay.fetchQuery(environment, documents[name], variables).toPromise().catch(refused);
  const mutation = (name, variables) => new Promise((onCompleted, onError) => {
    relay.commitMutation(environment, {
      mutation: documents[name],
      variables,
      onError,
      onCompleted: (data, errors) => (errors ? onError(Object.assign(new Error(errors[0].message), errors[0])) : onCompleted(data)),
    });
  }).catch(refused);
  const ask = (name, variables) => (documents[name].params.operationKind === "mutation" ? mutation(name, variables) : query(name, variables));

  const describe = (name, variables) => createOperationDescriptor(getRequest(documents[name]), variables);
  const read = (name, variables) => environment.lookup(describe(name, variables).fragment).data.thread;
  const posts = (variables) => environment.lookup(getSingularSelector(documents.posts, read("Thread", variables))).data.posts;
  const kept = (variables) => posts(variables).edges.map(({ node }) => node);

  async function pages({ id, first }) {
    environment.retain(describe("Thread", { id, first }));
    await query("Thread", { id, first });
    while (posts({ id, first }).pageInfo.hasNextPage) {
      await query("Posts", { id, first, after: posts({ id, first }).pageInfo.endCursor });
    }
    return kept({ id, first });
  }

  async function rights({ id, first }) {
    await query("Thread", { id, first });
    await query("Rights", { id });
    return { ...read("Thread", { id, first }).viewer, ...read("Rights", { id }).viewer };
  }

  const iterate = (name, variables) => answers((sink) => relay.requestSubscription(environment, {
    subscription: documents[name],
    variables,
    onNext: (data) => sink.next({ data }),
    onError: sink.error,
    onCompleted: sink.complete,
  }).dispose);

  return { ask, pages, rights, kept, iterate, close: () => socket.dispose() };
}

/** Relay throws what it was answered in one of two ways. */
function refused(error) {
  const [first] = error.source?.errors ?? [error];
  throw Object.assign(error, { extensions: first.extensions });
}

const documents = compile();
await trial("relay-runtime", (forum) => story(forum, (...given) => connect(documents, ...given)));
