// A page that uses @segment/analytics-next as its makers describe, with our address for its host.
window.start = async ({ writeKey, apiHost, deliveryStrategy }) => {
  const settings = {
    writeKey,
    cdnSettings: { integrations: { "Segment.io": { apiKey: writeKey, apiHost, protocol: "http", deliveryStrategy } } },
  };
  [window.analytics] = await window.AnalyticsNext.AnalyticsBrowser.load(settings);
};
window.sendAll = async (events) => {
  const client = window.analytics;
  const contexts = [
    await client.identify("u1", { email: "ada@acme.example" }),
    await client.group("acme", { name: "Acme" }),
    await client.track("Report Exported", { rows: 3 }, { context: { groupId: "acme" } }),
    await client.page("Docs", "API"),
    await client.screen("Mobile", "Home"),
    await client.alias("u1", "anonymous-7"),
  ];
  for (let n = 0; n < events; n += 1) contexts.push(await client.track("Opened", { n }));
  return contexts.map((context) => context.event.messageId);
};
