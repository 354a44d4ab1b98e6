// What the forum holds when the audit begins, written through its front door.

import { randomUUID } from "node:crypto";

/** Writes the content; the ids that the documents name. */
export async function setUp({ delegate, moderator }) {
  const ask = async (asker, query, variables) => {
    const { answer } = await asker.post({ query, variables });
    if (answer.errors) throw new Error(`${query}: ${JSON.stringify(answer.errors)}`);
    return answer.data;
  };
  const concept = async (slug) => (await ask(delegate, "query($slug: String) { concept(slug: $slug) { id } }", { slug })).concept.id;
  const [tool, method, region] = [await concept("wipo-ipas"), await concept("study-visit"), await concept("country-ke")];
  const open = async (title, visibility) => {
    const input = {
      key: randomUUID(), title, body: "What helped in *our* office.", kind: "EXPERIENCE", language: "EN", visibility,
      tools: [tool], methods: [method], regions: [region],
    };
    const data = await ask(delegate, "mutation($input: OpenThreadInput!) { openThread(input: $input) { thread { id cursor } } }", { input });
    return data.openThread.thread;
  };
  const reply = async (asker, threadId, body) => {
    const input = { key: randomUUID(), threadId, body, language: "EN" };
    const data = await ask(asker, "mutation($input: ReplyInput!) { reply(input: $input) { post { id revision } } }", { input });
    return data.reply.post;
  };
  const thread = await open("Examination guidelines in practice", "PUBLIC");
  const other = await open("Training of trainers", "PUBLIC");
  const members = await open("Fees, for members", "MEMBERS");
  const posts = [];
  for (const body of ["One.", "Two.", "Three.", "Four.", "Five."]) posts.push(await reply(delegate, thread.id, body));
  await reply(moderator, other.id, "A word of the moderator.");
  await ask(delegate, "mutation($input: EditPostInput!) { editPost(input: $input) { post { id } } }", {
    input: { postId: posts[0].id, revision: posts[0].revision, body: "One, and a half." },
  });
  await ask(delegate, "mutation($input: WithdrawPostInput!) { withdrawPost(input: $input) { post { id } } }", {
    input: { postId: posts[1].id, reason: "It was mistaken." },
  });
  const { viewer } = await ask(delegate, "{ viewer { person { id delegation { id } } } }");
  return {
    thread: thread.id, cursor: thread.cursor, other: other.id, members: members.id, posts: posts.map(({ id }) => id),
    tool, method, region, person: viewer.person.id, delegation: viewer.person.delegation.id,
  };
}
