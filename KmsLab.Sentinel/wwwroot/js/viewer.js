// What the viewer's browser knows and the server doesn't: the time zone, as its offsets from UTC over the time that the page may show.
const quarter = 900e3, day = 86400e3;

const minutesAt = at => -new Date(at).getTimezoneOffset();

export function zone(daysBack, daysAhead) {
  const end = Date.now() + daysAhead * day, offsets = [];
  let at = Math.floor((Date.now() - daysBack * day) / day) * day;
  offsets.push({ from: at, minutes: minutesAt(at) });
  for (; at < end; at += day) {
    if (minutesAt(at) === minutesAt(at + day)) continue;
    // Clocks change at full quarters of an hour.
    for (let moment = at + quarter; moment <= at + day; moment += quarter) {
      if (minutesAt(moment) !== offsets[offsets.length - 1].minutes) offsets.push({ from: moment, minutes: minutesAt(moment) });
    }
  }
  return { name: Intl.DateTimeFormat().resolvedOptions().timeZone || "local time", offsets };
}

// The name that somebody acts by where nobody has to sign in. A browser that keeps nothing asks again.
const nameKey = "kmslab-name";

export function viewerName() {
  try { return localStorage.getItem(nameKey); } catch { return null; }
}

export function keepViewerName(name) {
  try { localStorage.setItem(nameKey, name); } catch { /* Not kept, then. */ }
}
