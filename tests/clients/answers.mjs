// Turns what a client tells by calls into what a loop takes one by one. `begin` gets where to tell, and answers how to stop.

export async function* answers(begin) {
  const told = [];
  let wake = () => {};
  let ended = false;
  let failure;
  const tell = (act) => (value) => {
    act(value);
    wake();
  };
  const stop = begin({
    next: tell((answer) => told.push(answer)),
    error: tell((error) => {
      failure = error;
      ended = true;
    }),
    complete: tell(() => {
      ended = true;
    }),
  });
  try {
    for (;;) {
      while (told.length) yield told.shift();
      if (failure) throw failure;
      if (ended) return;
      await new Promise((done) => {
        wake = done;
      });
    }
  } finally {
    stop();
  }
}
