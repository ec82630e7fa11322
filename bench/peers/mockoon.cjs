// Mockoon with one WebSocket route, which answers every message: mockoon.cjs SCRIPT PATH FOLDER
const fs = require("node:fs");
const net = require("node:net");
const [script, path, folder] = process.argv.slice(2);
const { MockoonServer } = require(`${folder}/node_modules/@mockoon/commons-server`);
const { BuildEnvironment, BuildRouteResponse } = require(`${folder}/node_modules/@mockoon/commons`);

const [, line] = fs.readFileSync(script, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const body = Buffer.from(line.base64, "base64").toString();

const spare = net.createServer().listen(0, "127.0.0.1", () => {
  const { port } = spare.address();
  spare.close(() => start(port));
});

function start(port) {
  const environment = BuildEnvironment();
  Object.assign(environment, { port, hostname: "127.0.0.1" });
  const answer = { ...BuildRouteResponse(), body, default: true, disableTemplating: true };
  environment.routes = [{
    uuid: "6a0f1d0e-0000-4000-8000-000000000001", type: "ws", documentation: "", method: "", endpoint: path.slice(1),
    responses: [answer], responseMode: null, streamingMode: null, streamingInterval: 0,
  }];
  environment.rootChildren = [{ type: "route", uuid: environment.routes[0].uuid }];
  const server = new MockoonServer(environment, { environmentDirectory: "", maxTransactionLogs: 1, enableAdminApi: false });
  server.on("started", () => console.log(`ready 127.0.0.1:${port}`));
  server.on("error", (...error) => console.error(...error));
  server.start();
}
