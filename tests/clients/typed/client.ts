// A client whose types come from the documents: no `any`, no cast of an answer, and everything that may be null is looked at.

import type { ResultOf, TypedDocumentNode, VariablesOf } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { createClient } from "graphql-ws";
import {
  EventsDocument,
  InstanceDocument,
  LockDocument,
  OpenThreadDocument,
  PlaceDocument,
  ReplyDocument,
  RightsDocument,
  SignInDocument,
  ThreadDocument,
  WhoDocument,
} from "../made/documents.js";
import type { EventsSubscription, PostTextFragment } from "../made/documents.js";

interface Extensions {
  code: string;
  requestId: string;
}

interface Answer<Data> {
  data?: Data | null;
  errors?: readonly { message: string; extensions: Extensions }[];
}

/** A refusal, with what its `extensions` say. */
class Refused extends Error {
  constructor(message: string, readonly extensions: Extensions) {
    super(message);
  }
}

export function connect(forum: { http: string; socket: string }, token?: string) {
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const socket = createClient({ url: forum.socket, connectionParams: authorization, retryAttempts: 0 });

  async function send<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
    const headers = { accept: "application/graphql-response+json", "content-type": "application/json", ...authorization };
    const body = JSON.stringify({ query: print(document), variables });
    const response = await fetch(forum.http, { method: "POST", headers, body });
    const { data, errors }: Answer<Data> = await response.json();
    if (errors?.[0]) throw new Refused(errors[0].message, errors[0].extensions);
    if (!data) throw new Error("neither data nor errors came");
    return data;
  }

  /** An operation as a function of its own variables. */
  const operation = <Data, Variables>(document: TypedDocumentNode<Data, Variables>) => (variables: Variables) => send(document, variables);
  const operations = {
    Instance: operation(InstanceDocument),
    Lock: operation(LockDocument),
    OpenThread: operation(OpenThreadDocument),
    Place: operation(PlaceDocument),
    Reply: operation(ReplyDocument),
    SignIn: operation(SignInDocument),
    Who: operation(WhoDocument),
  };

  async function pages({ id, first }: { id: string; first: number }): Promise<PostTextFragment[]> {
    const posts: PostTextFragment[] = [];
    let after: string | null = null;
    do {
      const page: ResultOf<typeof ThreadDocument> = await send(ThreadDocument, { id, first, after });
      if (!page.thread) throw new Error("there is no such thread");
      const { edges, pageInfo } = page.thread.posts;
      posts.push(...edges.map(({ node }) => node));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    return posts;
  }

  async function rights({ id, first }: { id: string; first: number }) {
    const seen = await send(ThreadDocument, { id, first });
    const given = await send(RightsDocument, { id });
    return { ...seen.thread?.viewer, ...given.thread?.viewer };
  }

  async function* events(variables: VariablesOf<typeof EventsDocument>) {
    for await (const { data, errors } of socket.iterate<EventsSubscription>({ query: print(EventsDocument), variables })) {
      yield { data, errors };
    }
  }

  return { operations, pages, rights, events, close: () => socket.dispose() };
}
