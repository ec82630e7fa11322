// A mock as one writes it by hand with the `ws` package: ws_mock.cjs SCRIPT
const fs = require("node:fs");
const { WebSocketServer } = require("ws");

const [head, ...lines] = fs.readFileSync(process.argv[2], "utf8").trim().split("\n").map((line) => JSON.parse(line));
const messages = lines.map((line) => {
  const data = Buffer.from(line.base64, "base64");
  return line.binary ? data : data.toString();
});

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("listening", () => console.log(`ready 127.0.0.1:${server.address().port}`));
server.on("connection", (socket) => {
  let received = 0;
  socket.on("error", () => {});
  socket.on("message", () => {
    received += 1;
    if (received !== head.after) return;
    for (const message of messages) socket.send(message);
    if (head.closes) socket.close(1000);
  });
});
