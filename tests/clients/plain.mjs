// A client that has no cache: graphql-ws and graphql-sse are called alike.

import { texts } from "./documents.mjs";

export function plain(client) {
  async function ask(name, variables) {
    let answer;
    try {
      for await (const told of client.iterate({ query: texts[name], variables })) answer = told;
    } catch (error) {
      if (!Array.isArray(error)) throw error;
      answer = { errors: error };
    }
    if (answer.errors) throw Object.assign(new Error(answer.errors[0].message), { extensions: answer.errors[0].extensions });
    return answer.data;
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

  async function rights({ id, first }) {
    const [seen, given] = [await ask("Thread", { id, first }), await ask("Rights", { id })];
    return { ...seen.thread.viewer, ...given.thread.viewer };
  }

  const iterate = (name, variables) => client.iterate({ query: texts[name], variables });
  const close = () => client.dispose();

  return { ask, pages, rights, iterate, close };
}
