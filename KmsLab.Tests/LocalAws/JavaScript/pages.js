import { same } from "./report.js";

// Every paginator of a served listing: pages of one or two, each item once, and an end.
export async function* checks(context) {
  yield* await (paginated[context.service] ?? (() => []))(context);
}

const paginated = { kms, logs, cloudtrail, cloudwatch, s3, sns, sqs };
const names = ["one", "two", "three"].map((name) => `pages-${name}`);

async function kms({ sdk, client }) {
  const send = (operation, input) => client.send(new sdk[`${operation}Command`](input));
  const keys = [];
  for (const name of names) {
    const { KeyMetadata } = await send("CreateKey", { Tags: names.map((TagKey) => ({ TagKey, TagValue: "x" })) });
    await send("CreateAlias", { AliasName: `alias/${name}`, TargetKeyId: KeyMetadata.KeyId });
    keys.push(KeyMetadata.KeyId);
  }
  const KeyId = keys[0];
  const principal = "arn:aws:iam::000000000000:role/pages";
  for (const Name of names) await send("CreateGrant", { KeyId, Name, GranteePrincipal: principal, RetiringPrincipal: principal, Operations: ["Decrypt"] });
  for (const _ of names) await send("RotateKeyOnDemand", { KeyId });
  return [
    pages(sdk, client, "ListKeys", {}, 1, (page) => page.Keys.map((key) => key.KeyId), keys),
    pages(sdk, client, "ListAliases", {}, 1, (page) => page.Aliases.map((alias) => alias.AliasName), names.map((name) => `alias/${name}`)),
    pages(sdk, client, "ListGrants", { KeyId }, 2, (page) => page.Grants.map((grant) => grant.Name), names),
    pages(sdk, client, "ListRetirableGrants", { RetiringPrincipal: principal }, 1, (page) => page.Grants.map((grant) => grant.Name), names),
    pages(sdk, client, "ListResourceTags", { KeyId }, 2, (page) => page.Tags.map((tag) => tag.TagKey), names),
    pages(sdk, client, "ListKeyPolicies", { KeyId }, 1, (page) => page.PolicyNames, ["default"]),
    pages(sdk, client, "ListKeyRotations", { KeyId }, 2, (page) => page.Rotations.map((rotation) => rotation.KeyMaterialId), 3),
  ];
}

async function logs({ sdk, client }) {
  const send = (operation, input) => client.send(new sdk[`${operation}Command`](input));
  const logGroupName = names[0];
  for (const name of names) await send("CreateLogGroup", { logGroupName: name });
  const now = Date.now();
  for (const name of names) {
    await send("CreateLogStream", { logGroupName, logStreamName: name });
    await send("PutLogEvents", { logGroupName, logStreamName: name, logEvents: names.map((message, i) => ({ message: `${name}/${message}`, timestamp: now + i })) });
    await send("PutMetricFilter", { logGroupName, filterName: name, filterPattern: "", metricTransformations: [{ metricName: "m", metricNamespace: "n", metricValue: "1" }] });
  }
  const events = names.flatMap((name) => names.map((message) => `${name}/${message}`));
  const messages = (page) => page.events.map((event) => event.message);
  return [
    pages(sdk, client, "DescribeLogGroups", { logGroupNamePrefix: "pages-" }, 1, (page) => page.logGroups.map((group) => group.logGroupName), names),
    pages(sdk, client, "DescribeLogStreams", { logGroupName }, 2, (page) => page.logStreams.map((stream) => stream.logStreamName), names),
    pages(sdk, client, "FilterLogEvents", { logGroupName }, 4, messages, events),
    // Its tokens never end; the paginator stops when one comes again.
    pages(sdk, client, "GetLogEvents", { logGroupName, logStreamName: names[1], startFromHead: true }, 2, messages, events.slice(3, 6), { stopOnSameToken: true }),
    pages(sdk, client, "DescribeMetricFilters", { logGroupName }, 1, (page) => page.metricFilters.map((filter) => filter.filterName), names),
  ];
}

async function cloudtrail({ sdk, client }) {
  const send = (operation, input) => client.send(new sdk[`${operation}Command`](input));
  const arns = [];
  for (const Name of names) arns.push((await send("CreateTrail", { Name, S3BucketName: "bucket-of-the-lab" })).TrailARN);
  const LookupAttributes = [{ AttributeKey: "EventName", AttributeValue: "CreateTrail" }];
  return [
    pages(sdk, client, "ListTrails", {}, undefined, (page) => page.Trails.map((trail) => trail.TrailARN), arns),
    pages(sdk, client, "ListTags", { ResourceIdList: arns }, undefined, (page) => page.ResourceTagList.map((tags) => tags.ResourceId), arns),
    pages(sdk, client, "LookupEvents", { LookupAttributes }, 1, (page) => page.Events.map((event) => event.EventId), 3),
  ];
}

async function cloudwatch({ sdk, client }) {
  const send = (operation, input) => client.send(new sdk[`${operation}Command`](input));
  const [Namespace, MetricName] = ["pages", "m"];
  const now = Date.now();
  await send("PutMetricData", { Namespace, MetricData: [1, 2, 3].map((i) => ({ MetricName, Value: i, Timestamp: new Date(now - i * 3600_000) })) });
  for (const AlarmName of names) {
    const alarm = { AlarmName, Namespace, MetricName, Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 0.5, ComparisonOperator: "GreaterThanThreshold" };
    await send("PutMetricAlarm", alarm);
  }
  const query = [{ Id: "q", MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat: "Sum" } }];
  const range = { StartTime: new Date(now - 6 * 3600_000), EndTime: new Date(now + 60_000) };
  return [
    pages(sdk, client, "DescribeAlarms", { AlarmNamePrefix: "pages-" }, 1, (page) => page.MetricAlarms.map((alarm) => alarm.AlarmName), names),
    pages(sdk, client, "DescribeAlarmHistory", { HistoryItemType: "ConfigurationUpdate" }, 2, (page) => page.AlarmHistoryItems.map((item) => `${item.AlarmName} ${item.Timestamp.getTime()} ${item.HistorySummary}`), 3),
    pages(sdk, client, "GetMetricData", { MetricDataQueries: query, ...range }, 1, (page) => page.MetricDataResults.flatMap((result) => result.Values), [3, 2, 1]),
    pages(sdk, client, "ListMetrics", { Namespace }, undefined, (page) => page.Metrics.map((metric) => metric.MetricName), [MetricName]),
  ];
}

async function s3({ sdk, client }) {
  const send = (operation, input) => client.send(new sdk[`${operation}Command`](input));
  const Bucket = "pages-bucket";
  for (const name of names) await send("CreateBucket", { Bucket: `${name}-bucket` });
  await send("CreateBucket", { Bucket });
  await send("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Enabled" } });
  const keys = ["a b", "k\u00f6rner", "x/1", "x/2", "\ud83d\udd11"];
  for (const Key of keys) await send("PutObject", { Bucket, Key, Body: Key });
  const { UploadId } = await send("CreateMultipartUpload", { Bucket, Key: "parts" });
  for (const PartNumber of [1, 2, 3]) await send("UploadPart", { Bucket, Key: "parts", UploadId, PartNumber, Body: "x" });
  return [
    pages(sdk, client, "ListObjectsV2", { Bucket }, 2, (page) => page.Contents.map((item) => item.Key), keys),
    pages(sdk, client, "ListBuckets", { Prefix: "pages-" }, 2, (page) => page.Buckets.map((bucket) => bucket.Name), names.map((name) => `${name}-bucket`)),
    pages(sdk, client, "ListParts", { Bucket, Key: "parts", UploadId }, 2, (page) => page.Parts.map((part) => `${part.PartNumber}`), ["1", "2", "3"]),
  ];
}

async function sns({ sdk, client }) {
  const send = (operation, input) => client.send(new sdk[`${operation}Command`](input));
  const { TopicArn } = await send("CreateTopic", { Name: "pages" });
  const subscriptions = [];
  // More than one page of a hundred.
  for (let i = 0; i < 105; i++) {
    const Endpoint = `+1555${String(i).padStart(7, "0")}`;
    subscriptions.push((await send("Subscribe", { TopicArn, Protocol: "sms", Endpoint })).SubscriptionArn);
  }
  const arns = (page) => page.Subscriptions.map((subscription) => subscription.SubscriptionArn);
  return [
    pages(sdk, client, "ListTopics", {}, undefined, (page) => page.Topics.map((topic) => topic.TopicArn), [TopicArn]),
    pages(sdk, client, "ListSubscriptions", {}, undefined, arns, subscriptions),
    pages(sdk, client, "ListSubscriptionsByTopic", { TopicArn }, undefined, arns, subscriptions),
  ];
}

async function sqs({ sdk, client }) {
  const send = (operation, input) => client.send(new sdk[`${operation}Command`](input));
  const { QueueUrl } = await send("CreateQueue", { QueueName: "pages-dead" });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:pages-dead", maxReceiveCount: 3 });
  const queues = [];
  for (const QueueName of names) queues.push((await send("CreateQueue", { QueueName, Attributes: { RedrivePolicy } })).QueueUrl);
  return [
    pages(sdk, client, "ListQueues", { QueueNamePrefix: "pages-" }, 2, (page) => page.QueueUrls, queues),
    pages(sdk, client, "ListDeadLetterSourceQueues", { QueueUrl }, 2, (page) => page.queueUrls, queues),
  ];
}

// expected: the items that must be among those found, or how many there are at least.
function pages(sdk, client, operation, input, pageSize, items, expected, options = {}) {
  return [`paginate${operation}`, async () => {
    const found = [];
    let count = 0;
    for await (const page of sdk[`paginate${operation}`]({ client, pageSize, ...options }, input)) {
      found.push(...items(page));
      if (++count > 500) throw new Error("the pages don't end");
      if (pageSize && items(page).length > pageSize) throw new Error(`a page has ${items(page).length} items`);
    }
    same(new Set(found).size, found.length, "the number of items, each counted once,");
    if (typeof expected === "number") {
      if (found.length < expected) throw new Error(`${found.length} items were found, not ${expected}`);
    } else {
      same(expected.filter((item) => !found.includes(item)), [], "what was not found");
    }
  }];
}
