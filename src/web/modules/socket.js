// Follows one subscription over graphql-transport-ws. After a cut it comes back by itself, for as long as the page is
// open, and goes on from the last cursor that it has seen.

const LONGEST = 30_000;

export function follow(query, variables, onEvent) {
  let cursor = variables.after;
  let tries = 0;

  function connect() {
    const address = new URL("/graphql", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, "graphql-transport-ws");
    let refused = false;
    const send = (message) => socket.send(JSON.stringify(message));

    socket.onopen = () => send({ type: "connection_init" });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "connection_ack") {
        send({ id: "1", type: "subscribe", payload: { query, variables: { ...variables, after: cursor } } });
      } else if (message.type === "ping") {
        send({ type: "pong" });
      } else if (message.type === "next") {
        tries = 0;
        const event = message.payload.data && Object.values(message.payload.data)[0];
        if (event) {
          cursor = event.cursor;
          onEvent(event);
        }
      } else if (message.type === "error") {
        refused = true;
        socket.close(1000);
      }
    };
    socket.onclose = ({ code }) => {
      if (refused || code === 4403) return;
      // Jitter keeps a thousand readers from coming back in the same moment.
      const longest = Math.min(LONGEST, 500 * 2 ** Math.min(tries, 10));
      tries += 1;
      setTimeout(connect, longest / 2 + (Math.random() * longest) / 2);
    };
  }

  connect();
}
