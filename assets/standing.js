// Support in a client's shoes: the time that is left, in the banner and in the tab's title; at its end back to /admin.
// The server ends the session by its own clock; this only says so.
(() => {
  const MARK = "🔴 ";
  let plain = document.title;
  setInterval(() => {
    const shown = document.querySelector("[data-standing-until]");
    if (!shown) {
      if (document.title.startsWith(MARK)) document.title = plain;
      return;
    }
    const until = Date.parse(shown.dataset.standingUntil.replace(" ", "T"));
    if (!until) return;
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0) {
      location.assign("/admin/?over=1");
      return;
    }
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (shown.textContent !== clock) shown.textContent = clock;
    if (!document.title.startsWith(MARK)) plain = document.title;
    const title = `${MARK}${clock} · ${plain}`;
    if (document.title !== title) document.title = title;
  }, 500);
})();
