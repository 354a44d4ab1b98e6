// Follows one subscription over graphql-transport-ws. After a cut it comes back by itself, for as long as the page is
// open, and goes on from the last cursor that it has seen.

const LONGEST = 30_000;
const BETWEEN_PINGS = 25_000;
// Refusals that stay what they are, however often one asks.
const FINAL = new Set(["NOT_FOUND", "DENIED", "INVALID", "BAD_REQUEST"]);

export function follow(query, variables, onEvent) {
  let cursor = variables.after;
  let tries = 0;
  let forbidden = 0;

  function again() {
    // Jitter keeps a thousand readers from coming back in the same moment.
    const longest = Math.min(LONGEST, 500 * 2 ** Math.min(tries, 10));
    tries += 1;
    setTimeout(connect, longest / 2 + (Math.random() * longest) / 2);
  }

  function connect() {
    const address = new URL("/graphql", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, "graphql-transport-ws");
    let heard = true;
    let pinging;
    const send = (message) => socket.send(JSON.stringify(message));

    // Lets this line go, whatever the browser still thinks of it.
    function leave() {
      clearInterval(pinging);
      socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }

    function ping() {
      // A line that is cut without a word answers nothing.
      if (!heard) {
        leave();
        again();
        return;
      }
      heard = false;
      send({ type: "ping" });
    }

    function next(payload) {
      const event = payload.data && Object.values(payload.data)[0];
      if (!event) return;
      tries = 0;
      cursor = event.cursor;
      onEvent(event);
    }

    socket.onopen = () => {
      send({ type: "connection_init" });
      pinging = setInterval(ping, BETWEEN_PINGS);
    };
    socket.onmessage = ({ data }) => {
      heard = true;
      const message = JSON.parse(data);
      if (message.type === "connection_ack") {
        forbidden = 0;
        send({ id: "1", type: "subscribe", payload: { query, variables: { ...variables, after: cursor } } });
      } else if (message.type === "ping") {
        send({ type: "pong" });
      } else if (message.type === "next") {
        next(message.payload);
      } else if (message.type === "complete") {
        leave();
        again();
      } else if (message.type === "error") {
        leave();
        if (!message.payload.some((error) => FINAL.has(error.extensions?.code))) again();
      }
    };
    socket.onclose = ({ code }) => {
      clearInterval(pinging);
      forbidden += code === 4403 ? 1 : 0;
      // Refused twice in a row, it will be refused a third time.
      if (forbidden < 2) again();
    };
  }

  connect();
}
