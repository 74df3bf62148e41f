// The waiters of the served services: CloudWatch has the only one, AlarmExists.
export function* checks({ sdk, client, service }) {
  if (service !== "cloudwatch") return;

  yield ["waitUntilAlarmExists", async () => {
    const alarm = { AlarmName: "waited-for", Namespace: "n", MetricName: "m", Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" };
    await client.send(new sdk.PutMetricAlarmCommand(alarm));
    const { state } = await sdk.waitUntilAlarmExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { AlarmNames: ["waited-for"] });
    if (state !== "SUCCESS") throw new Error(`the waiter ended with ${state}`);
  }];
}
