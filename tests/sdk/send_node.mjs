// Sends one of each call, and as many events as asked for, with @segment/analytics-node. Prints their ids as JSON.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey, events] = process.argv.slice(2);
const client = new Analytics({ writeKey, host, flushAt: 10, flushInterval: 50, maxRetries: 10 });
const sent = [];
const problems = [];
client.on("error", (problem) => problems.push(String(problem.reason ?? problem.code)));
const keep = (problem, context) => sent.push(context.event.messageId);

client.identify({ userId: "u1", traits: { email: "ada@acme.example" } }, keep);
client.group({ userId: "u1", groupId: "acme", traits: { name: "Acme" } }, keep);
client.track({ userId: "u1", event: "Report Exported", context: { groupId: "acme" } }, keep);
client.page({ userId: "u1", name: "Docs" }, keep);
client.screen({ userId: "u1", name: "Home" }, keep);
client.alias({ userId: "u1", previousId: "anonymous-7" }, keep);
for (let n = 0; n < Number(events); n += 1) client.track({ userId: `u${n}`, event: "Opened" }, keep);
await client.closeAndFlush();
console.log(JSON.stringify({ sent, problems }));
