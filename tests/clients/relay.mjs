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

  async function pages({ id, first }) {
    const operation = createOperationDescriptor(getRequest(documents.Thread), { id, first });
    const kept = environment.retain(operation);
    await query("Thread", { id, first });
    const read = () => environment.lookup(operation.fragment).data.thread;
    const posts = () => environment.lookup(getSingularSelector(documents.posts, read())).data.posts;
    while (posts().pageInfo.hasNextPage) {
      await query("Posts", { id, first, after: posts().pageInfo.endCursor });
    }
    const all = posts().edges.map(({ node }) => node);
    kept.dispose();
    return all;
  }

  async function rights(id) {
    await query("Thread", { id, first: 2 });
    await query("Rights", { id });
    const read = (name, variables) => environment.lookup(createOperationDescriptor(getRequest(documents[name]), variables).fragment).data.thread.viewer;
    return { ...read("Thread", { id, first: 2 }), ...read("Rights", { id }) };
  }

  const iterate = (name, variables) => answers((sink) => relay.requestSubscription(environment, {
    subscription: documents[name],
    variables,
    onNext: (data) => sink.next({ data }),
    onError: sink.error,
    onCompleted: sink.complete,
  }).dispose);

  return { ask, pages, rights, iterate, close: () => socket.dispose() };
}

/** Relay throws what it was answered in one of two ways. */
function refused(error) {
  const [first] = error.source?.errors ?? [error];
  throw Object.assign(error, { extensions: first.extensions });
}

const documents = compile();
await trial("relay-runtime", (forum) => story(forum, (...given) => connect(documents, ...given)));
