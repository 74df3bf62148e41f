// The waiters of the served services.
export function* checks({ sdk, client, service }) {
  if (service === "s3") {
    yield ["waitUntilObjectExists", async () => {
      await client.send(new sdk.CreateBucketCommand({ Bucket: "waited-for" }));
      await client.send(new sdk.PutObjectCommand({ Bucket: "waited-for", Key: "k", Body: "x" }));
      const { state } = await sdk.waitUntilObjectExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { Bucket: "waited-for", Key: "k" });
      if (state !== "SUCCESS") throw new Error(`the waiter ended with ${state}`);
    }];
    yield ["waitUntilBucketNotExists", async () => {
      const { state } = await sdk.waitUntilBucketNotExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { Bucket: "never-there" });
      if (state !== "SUCCESS") throw new Error(`the waiter ended with ${state}`);
    }];
  }
  if (service !== "cloudwatch") return;

  yield ["waitUntilAlarmExists", async () => {
    const alarm = { AlarmName: "waited-for", Namespace: "n", MetricName: "m", Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" };
    await client.send(new sdk.PutMetricAlarmCommand(alarm));
    const { state } = await sdk.waitUntilAlarmExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { AlarmNames: ["waited-for"] });
    if (state !== "SUCCESS") throw new Error(`the waiter ended with ${state}`);
  }];
}
