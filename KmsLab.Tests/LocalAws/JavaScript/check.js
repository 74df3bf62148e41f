// Runs AWS's own JavaScript clients against a LocalAws: node check.js SERVICE ENDPOINT < calls.json
// Prints one line of JSON for each check: {"check": ...} or {"check": ..., "error": ...}.
import { readFileSync } from "node:fs";
import { run } from "./report.js";
import { checkCalls } from "./calls.js";
import * as encryption from "./encryption.js";
import * as pages from "./pages.js";
import * as waiters from "./waiters.js";

const packages = {
  kms: "@aws-sdk/client-kms",
  logs: "@aws-sdk/client-cloudwatch-logs",
  cloudtrail: "@aws-sdk/client-cloudtrail",
  cloudwatch: "@aws-sdk/client-cloudwatch",
  s3: "@aws-sdk/client-s3",
  sns: "@aws-sdk/client-sns",
  sqs: "@aws-sdk/client-sqs",
  sts: "@aws-sdk/client-sts",
};
const clients = {
  kms: "KMSClient",
  logs: "CloudWatchLogsClient",
  cloudtrail: "CloudTrailClient",
  cloudwatch: "CloudWatchClient",
  s3: "S3Client",
  sns: "SNSClient",
  sqs: "SQSClient",
  sts: "STSClient",
};

const [service, endpoint] = process.argv.slice(2);
const settings = {
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "AKIAJAVASCRIPT00000", secretAccessKey: "lab" },
  maxAttempts: 1,
};

if (service === "encryption") {
  await run(encryption.checks(settings));
} else {
  const sdk = await import(packages[service]);
  const client = new sdk[clients[service]](settings);
  const table = JSON.parse(readFileSync(0, "utf8"))[service];
  const context = { sdk, client, service };
  await run(checkCalls(context, table));
  await run(pages.checks(context));
  await run(waiters.checks(context));
}
