// What is shown of a post besides its text, and changes live: whether it is the answer to the question, and which delegations
// acknowledge it.

const thread = document.getElementById("thread");
const words = JSON.parse(thread.dataset.words);

function mark(article, isAnswer) {
  article.classList.toggle("accepted", isAnswer);
  article.querySelector(`[data-slot="accepted"]`).hidden = !isAnswer;
}

/** Shows which post is the answer, in the posts and at the head of the page, with its address. */
export function showAnswer(number, address) {
  for (const article of thread.children) mark(article, Number(article.dataset.number) === number);
  const [answered, unanswered] = ["answered", "unanswered"].map((name) => document.getElementById(name));
  if (!answered) return;
  answered.hidden = !number;
  unanswered.hidden = Boolean(number);
  if (number) answered.href = address;
}

/** Names the delegations that acknowledge a post, in its article. The buttons of the article before it stay, if there are any. */
export function acknowledge(article, before, { same, useful }) {
  for (const [kind, { nodes }] of [["SAME_PRACTICE", same], ["USEFUL", useful]]) {
    const of = (box) => box?.querySelector(`.acks [data-said="${kind}"]`);
    const own = of(before);
    if (own?.tagName === "FORM") of(article).replaceWith(own);
    const said = of(article);
    said.hidden = said.tagName === "P" && !nodes.length;
    const names = nodes.map(({ delegation }) => Object.assign(document.createElement("bdi"), { textContent: delegation.name }));
    said.querySelector(".names").replaceChildren(...names.flatMap((name, at) => (at ? [words.comma, name] : [name])));
  }
}
