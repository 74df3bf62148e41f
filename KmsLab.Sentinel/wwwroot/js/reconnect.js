// A Sentinel that was restarted knows nothing of this page: only loading it again helps. One that is gone is asked for until it is back.
const pause = 3000;

async function reloadOnceItAnswers() {
  try {
    if ((await fetch("/alive", { cache: "no-store" })).ok) return location.reload();
  } catch { /* Still gone. */ }
  setTimeout(reloadOnceItAnswers, pause);
}

document.getElementById("components-reconnect-modal").addEventListener("components-reconnect-state-changed", event => {
  if (["rejected", "failed", "resume-failed"].includes(event.detail.state)) reloadOnceItAnswers();
});
