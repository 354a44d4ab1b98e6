// What each client is asked to do. A client is given as `connect(forum, token)`, which answers an object with
//   ask(name, variables)          one operation; the data, or an error with the refusal's `extensions`
//   pages(variables)              the posts of a thread, page by page as this client pages
//   rights(variables)             what two documents tell of one object, read again from the cache where there is one
//   kept(variables)               the posts of the thread's first page as a cache has them; left out by a client without one
//   iterate(name, variables)      the answers of a subscription over the client's own line, which is opened once
//   close()

import { randomUUID } from "node:crypto";
import { follow } from "./loop.mjs";
import { pause } from "./forum.mjs";

const PAGE = 3;
const WORDS = 20;
const OWN_WORDS = 5;

export async function story(forum, connect) {
  const visitor = connect(forum);
  const { instance } = await visitor.ask("Instance");
  forum.equal(instance.name, "Partage", "the name of the instance");
  const { signIn } = await visitor.ask("SignIn", { input: forum.credentials });
  forum.equal((await visitor.ask("Who")).viewer.person, null, "who a visitor is");

  const member = connect(forum, signIn.token);
  const { viewer } = await member.ask("Who");
  forum.equal(viewer.person.id, signIn.viewer.person.id, "who has signed in");

  const input = await forum.thread("Examination guidelines in practice");
  const { thread } = (await member.ask("OpenThread", { input })).openThread;
  await sendsTwice(forum, member, thread.id);
  const post = await pages(forum, member, thread.id);
  await keepsBoth(forum, member, thread.id);
  await isRefused(forum, member, thread.id);
  await goesOn(forum, member, thread.id, post);
  await isUnknown(forum, connect);
  await Promise.all([visitor.close(), member.close()]);
}

const words = (threadId, body) => ({ input: { key: randomUUID(), threadId, body, language: "EN" } });

/** The same key is done once and answered twice. */
async function sendsTwice(forum, member, threadId) {
  const sent = words(threadId, "Sent twice, said once.");
  const first = (await member.ask("Reply", sent)).reply.post;
  const second = (await member.ask("Reply", sent)).reply.post;
  forum.equal([second.id, second.number], [first.id, first.number], "the answer to the same key");
}

/** Answers the post of somebody else on the first page. */
async function pages(forum, member, id) {
  const [post] = await forum.replies(id, 6);
  const numbers = (await member.pages({ id, first: PAGE })).map(({ number }) => number);
  forum.equal(numbers, [1, 2, 3, 4, 5, 6, 7, 8], "the posts of all pages");
  return post;
}

/** Two documents that ask for different parts of `viewer` do not take each other's away. */
async function keepsBoth(forum, member, id) {
  const { unread, canReply, follows, replyRefusal } = await member.rights({ id, first: PAGE });
  forum.equal([typeof unread, canReply, follows, replyRefusal], ["number", true, true, null], "what two documents tell of one object");
}

async function isRefused(forum, member, threadId) {
  const untitled = { ...(await forum.thread("")), title: "" };
  const invalid = await refusal(member.ask("OpenThread", { input: untitled }));
  forum.equal([invalid.code, invalid.field], ["INVALID", "title"], "a thread without a title");
  const decision = { key: randomUUID(), act: "LOCK_THREAD", targetIds: [threadId], reason: "SETTLED", explanation: "Done.", language: "EN" };
  const denied = await refusal(member.ask("Lock", { input: decision }));
  forum.equal([denied.code, denied.reason], ["DENIED", "ROLE_MAY_NOT"], "a decision of a delegate");
  const missing = await refusal(member.ask("Reply", words("bm93aGVyZQ", "To nobody.")));
  forum.equal(missing.code, "NOT_FOUND", "a reply to no thread");
  for (const { requestId } of [invalid, denied, missing]) forum.equal(typeof requestId, "string", "the request's id");
}

/** A token that nobody has is refused: by its code, by the status where the client shows no more, or by the socket's end. */
async function isUnknown(forum, connect) {
  const nobody = connect(forum, "a-token-that-nobody-has");
  const error = await failure(nobody.ask("Who"));
  const why = error.extensions?.code ?? error.code ?? error.response?.status;
  forum.equal(["UNAUTHENTICATED", 4403, 401].includes(why), true, `a token that nobody has, ${why}`);
  await nobody.close();
}

async function refusal(asked) {
  const error = await failure(asked);
  if (error.extensions) return error.extensions;
  throw error;
}

async function failure(asked) {
  let answer;
  try {
    answer = await asked;
  } catch (error) {
    return error;
  }
  throw new Error(`it was not refused: ${JSON.stringify(answer)}`);
}

/** Every event is told once, in order, with the server killed while nobody writes and while many do. */
async function goesOn(forum, member, id, post) {
  const { lastNumber, cursor } = (await member.ask("Place", { id })).thread;
  const heard = [];
  let broken;
  listen(member, id, cursor, heard).catch((error) => {
    broken = error;
  });
  const all = async (count) => forum.until(`${count} events, and not ${heard.length}`, () => {
    if (broken) throw broken;
    return heard.length >= count;
  });

  const edited = `Edited, ${randomUUID()}.`;
  await forum.edit(post, edited);
  await all(1);
  const [{ __typename, post: { id: postId, body } }] = heard.splice(0);
  forum.equal([__typename, postId, body], ["PostEdited", post.id, edited], "the event of an edit");
  if (member.kept) {
    const kept = await member.kept({ id, first: PAGE });
    forum.equal(kept.find(({ number }) => number === post.number).body, edited, "what the cache has of it");
  }
  await forum.replies(id, 2);
  await all(2);
  await forum.server.kill();
  await forum.server.start();
  await forum.replies(id, 2);
  await all(4);

  const others = forum.replies(id, WORDS);
  const own = insists(member, id);
  for (let cut = 0; cut < 2; cut += 1) {
    await pause(150);
    await forum.server.kill();
    await pause(150);
    await forum.server.start();
  }
  await Promise.all([others, own]);
  await all(4 + WORDS + OWN_WORDS);
  await pause(300);

  const posts = (await forum.posts(id)).filter(({ number }) => number > lastNumber);
  forum.equal(posts.length, 4 + WORDS + OWN_WORDS, "what the forum keeps");
  forum.equal(heard.map(({ post }) => post.number), posts.map(({ number }) => number), "the events that were told");
  forum.equal(heard.map(({ post }) => post.body), posts.map(({ body }) => body), "their texts");
  forum.equal(new Set(heard.map(({ cursor: place }) => place)).size, heard.length, "the cursors");
}

async function listen(member, id, after, heard) {
  for await (const event of follow((from) => member.iterate("Events", { id, after: from }), after)) heard.push(event);
}

/** The member's own words, each sent with the same key until it is acknowledged. */
async function insists(member, id) {
  for (let number = 0; number < OWN_WORDS; number += 1) {
    const sent = words(id, `My own word, ${randomUUID()}.`);
    for (;;) {
      try {
        await member.ask("Reply", sent);
        break;
      } catch (error) {
        if (error.extensions && error.extensions.code !== "UNAVAILABLE") throw error;
      }
      await pause(50);
    }
  }
}
