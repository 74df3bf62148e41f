// Each check is [name, async function]; one that throws fails, and the next ones still run.
export async function run(checks) {
  for await (const [check, action] of checks) {
    try {
      await action();
      console.log(JSON.stringify({ check }));
    } catch (error) {
      console.log(JSON.stringify({ check, error: `${error?.name}: ${error?.message}` }));
    }
  }
}

export function same(actual, expected, what) {
  const [a, b] = [shown(actual), shown(expected)];
  if (a !== b) throw new Error(`${what} is ${a}, not ${b}`);
}

function shown(value) {
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : JSON.stringify(value) ?? "undefined";
}
