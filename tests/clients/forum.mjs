// The forum as a trial meets it: the server, somebody else who writes, and what must hold.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

const PATIENCE = 20_000;
const AGAIN = 50;
const REPLY = "mutation($input: ReplyInput!) { reply(input: $input) { post { id number revision } } }";
const OPEN = "mutation($input: OpenThreadInput!) { openThread(input: $input) { thread { id cursor } } }";
const EDIT = "mutation($input: EditPostInput!) { editPost(input: $input) { post { id } } }";
const POSTS = `query($id: ID!, $after: String) {
  thread(id: $id) { posts(first: 100, after: $after) { edges { node { number body } } pageInfo { hasNextPage endCursor } } }
}`;
const TAGS = '{ method: concept(slug: "study-visit") { id } region: concept(slug: "country-ke") { id } }';

export class Forum {
  /** How much has been looked at. */
  checks = 0;

  constructor(server, { token, credentials }) {
    this.server = server;
    this.credentials = credentials;
    this.token = token;
  }

  get http() {
    return `http://${this.server.address}/graphql`;
  }

  get socket() {
    return `ws://${this.server.address}/graphql`;
  }

  /** Both are the same, to the last part. */
  equal(found, expected, what) {
    this.checks += 1;
    assert.deepEqual(found, expected, what === undefined ? undefined : `${what}: ${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
  }

  /** Waits until something holds. */
  async until(what, holds) {
    this.checks += 1;
    const late = Date.now() + PATIENCE;
    while (!(await holds())) {
      if (Date.now() > late) throw new Error(`in vain waited for ${what}`);
      await pause(AGAIN);
    }
  }

  /** Somebody else replies so many times, each with a key that makes it be done once, whatever becomes of the server meanwhile. */
  async replies(threadId, count) {
    const posts = [];
    for (let number = 0; number < count; number += 1) {
      const input = { key: randomUUID(), threadId, body: `A word of somebody else, ${randomUUID()}.`, language: "EN" };
      const data = await this.#insist(REPLY, { input });
      posts.push(data.reply.post);
    }
    return posts;
  }

  /** Somebody else opens a thread. */
  async opened(title) {
    const data = await this.#insist(OPEN, { input: await this.thread(title) });
    return data.openThread.thread;
  }

  /** Somebody else gives their post another text. */
  async edit({ id, revision }, body) {
    await this.#insist(EDIT, { input: { postId: id, revision, body } });
  }

  /** All posts of a thread as the server has them. */
  async posts(id) {
    const posts = [];
    let page = { endCursor: null, hasNextPage: true };
    while (page.hasNextPage) {
      const data = await this.#insist(POSTS, { id, after: page.endCursor });
      posts.push(...data.thread.posts.edges.map(({ node }) => node));
      page = data.thread.posts.pageInfo;
    }
    return posts;
  }

  /** What a new thread is to be. */
  async thread(title) {
    const { method, region } = await this.#insist(TAGS);
    const tags = { methods: [method.id], regions: [region.id] };
    return { key: randomUUID(), title, body: "What helped in *our* office.", kind: "EXPERIENCE", language: "EN", ...tags };
  }

  async #insist(query, variables) {
    const late = Date.now() + PATIENCE;
    for (;;) {
      try {
        return await this.#ask(query, variables);
      } catch (error) {
        if (Date.now() > late || error instanceof Refused) throw error;
      }
      await pause(AGAIN);
    }
  }

  async #ask(query, variables) {
    const headers = { accept: "application/graphql-response+json", authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    const response = await fetch(this.http, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = await response.json();
    if (errors?.[0].extensions.code === "UNAVAILABLE") throw new Error("unavailable for now");
    if (errors) throw new Refused(JSON.stringify(errors));
    return data;
  }
}

class Refused extends Error {}

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
