// What the viewer's browser knows and the server doesn't: the time zone, as its offsets from UTC over the time that the page may show, how Intl writes, and a name.
const quarter = 900e3, day = 86400e3;

const minutesAt = at => -new Date(at).getTimezoneOffset();

function offsets(daysBack, daysAhead) {
  const end = Date.now() + daysAhead * day, found = [];
  let at = Math.floor((Date.now() - daysBack * day) / day) * day;
  found.push({ from: at, minutes: minutesAt(at) });
  for (; at < end; at += day) {
    if (minutesAt(at) === minutesAt(at + day)) continue;
    // Clocks change at full quarters of an hour.
    for (let moment = at + quarter; moment <= at + day; moment += quarter) {
      if (minutesAt(moment) !== found[found.length - 1].minutes) found.push({ from: moment, minutes: minutesAt(moment) });
    }
  }
  return found;
}

// Patterns as .NET has them; an alarm's clock has 24 hours everywhere.
const codes = { year: "yyyy", month: "MMM", day: "d", weekday: "ddd", hour: "HH", minute: "mm", second: "ss" };

function formats(language) {
  // The region of the language that is shown, where the browser names one: es-MX and es-ES write numbers in their own ways.
  const locale = navigator.languages.find(tag => tag.split("-")[0] === language) ?? language;
  const parts = options => new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC", hourCycle: "h23" });
  const pattern = (...names) => parts(Object.fromEntries(names.map(name => [name, name === "month" || name === "weekday" ? "short" : ["hour", "minute", "second"].includes(name) ? "2-digit" : "numeric"])))
    .formatToParts(Date.UTC(2024, 0, 28, 13, 45, 56)).map(part => codes[part.type] ?? `'${part.value.replaceAll("'", "\\'")}'`).join("");
  const names = (count, option, at) => Array.from({ length: count }, (_, index) => parts({ [option]: "short" }).format(at(index)));
  const number = new Intl.NumberFormat(locale).formatToParts(-1234567.5);
  const sign = type => number.find(part => part.type === type)?.value ?? "";
  return {
    group: sign("group"), decimal: sign("decimal"),
    weekdays: names(7, "weekday", index => Date.UTC(2024, 8, 1 + index)), months: names(12, "month", index => Date.UTC(2024, index, 15)),
    time: pattern("hour", "minute", "second"), minute: pattern("hour", "minute"), day: pattern("month", "day", "hour", "minute"),
    date: pattern("year", "month", "day", "hour", "minute"), weekday: pattern("weekday", "day"), weekdayMinute: pattern("weekday", "day", "month", "hour", "minute"),
  };
}

// The name that somebody acts by where nobody has to sign in. A browser that keeps nothing asks again.
const nameKey = "kmslab-name";

function viewerName() {
  try { return localStorage.getItem(nameKey); } catch { return null; }
}

export function keepViewerName(name) {
  try { localStorage.setItem(nameKey, name); } catch { /* Not kept, then. */ }
}

export function viewer(language, daysBack, daysAhead) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { zone: zone || "UTC", offsets: offsets(daysBack, daysAhead), formats: formats(language), name: viewerName() };
}
