// aimock with nothing configured: aimock.cjs FOLDER. It greets whoever connects with one message.
const { LLMock } = require(`${process.argv[2]}/node_modules/@copilotkit/aimock`);

const mock = new LLMock({ host: "127.0.0.1", port: 0, logLevel: "silent" });
mock.start().then(() => console.log(`ready ${new URL(mock.url).host}`));
