// What the viewer's browser knows and the server doesn't: the time zone, as its offsets from UTC over the time that the page shows.
export function zone(daysBack, daysAhead) {
  const hour = 3600e3, now = Date.now(), offsets = [];
  for (let at = now - daysBack * 24 * hour; at <= now + daysAhead * 24 * hour; at += hour) {
    const minutes = -new Date(at).getTimezoneOffset();
    if (offsets.length === 0 || offsets[offsets.length - 1].minutes !== minutes) offsets.push({ from: at, minutes });
  }
  return { name: Intl.DateTimeFormat().resolvedOptions().timeZone || "local time", offsets };
}
