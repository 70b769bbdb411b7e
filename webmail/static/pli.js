// Live pages: when something changes in the space, read the present page again and swap the parts marked
// data-live. Without this script everything works; one reloads the page by hand.
(() => {
  "use strict";
  const body = document.body;
  if (!window.EventSource || !body.dataset.revision) return;

  let wanted = false, busy = false;

  const draftFields = (part) => [...part.querySelectorAll("textarea, input[type=file]")];
  const holdsText = (part) => draftFields(part).some((field) => field.value !== "");
  const holdsDraft = (part) => holdsText(part) || draftFields(part).includes(document.activeElement);

  // When the exchange ends under a draft, say so above it and leave the text to be copied; or take that back.
  const keepDraft = (part, next) => {
    const form = part.querySelector("form"), shown = part.querySelector(":scope > .notice");
    const ended = !next.querySelector("form");
    if (ended === Boolean(shown)) return;
    if (shown) shown.remove();
    else {
      const notice = document.adoptNode(next.querySelector(".notice"));
      form.before(notice);
      document.getElementById("annonce").textContent = notice.querySelector(".notice-title").textContent;
    }
    form.querySelector("textarea").readOnly = ended;
    for (const field of form.querySelectorAll("button, input[type=file]")) field.disabled = ended;
  };

  const swap = (fresh) => {
    for (const old of document.querySelectorAll("[data-live]")) {
      const next = fresh.querySelector(`[data-live="${old.dataset.live}"]`);
      if (!next || old.isEqualNode(next)) continue;
      if (old.dataset.live === "reponse" && old.querySelector("form")) {
        if (next.querySelector("form") || holdsText(old)) { keepDraft(old, next); continue; }
      } else if (holdsDraft(old)) continue;
      const had = new Set([...old.querySelectorAll("[data-message-id]")].map((m) => m.id));
      const opened = new Set([...old.querySelectorAll("details[open]")].map((d) => d.closest("[id]")?.id));
      for (const letter of next.querySelectorAll("[data-message-id]")) {
        if (!had.has(letter.id)) letter.classList.add("arrived");
        if (opened.has(letter.id)) for (const d of letter.querySelectorAll("details")) d.open = true;
      }
      const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
      old.replaceWith(document.adoptNode(next));
      if (focused) next.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    }
    document.title = fresh.title;
    const unread = Number(fresh.body.dataset.unread), before = Number(body.dataset.unread);
    if (unread > before) document.getElementById("annonce").textContent = "Vous avez un nouveau message.";
    body.dataset.unread = unread;
    body.dataset.revision = fresh.body.dataset.revision;
  };

  // A hidden page is not read: reading a conversation marks its messages as read.
  const refresh = async () => {
    wanted = true;
    if (busy || document.hidden) return;
    busy = true;
    try {
      while (wanted && !document.hidden) {
        wanted = false;
        const answer = await fetch(body.dataset.liveUrl, { headers: { "Pli-Live": body.dataset.place }, redirect: "manual" });
        if (answer.type === "opaqueredirect") { await window.pliDrafts; location.replace(body.dataset.liveUrl); return; }
        if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
      }
    } catch { /* the next event tries again */ } finally { busy = false; }
  };

  for (const part of navigator.clipboard ? document.querySelectorAll("[data-copies]") : []) {
    part.hidden = false;
    part.querySelector("button").addEventListener("click", async () => {
      const said = await navigator.clipboard.writeText(part.dataset.copies).then(() => "Adresse copiée.", () => "Sélectionnez l’adresse et copiez-la.");
      part.querySelector("button").textContent = document.getElementById("annonce").textContent = said;
    });
  }

  const source = new EventSource(`/evenements?depuis=${body.dataset.revision}`);
  source.addEventListener("pulse", refresh);
  source.addEventListener("fin", () => source.close());
  document.addEventListener("visibilitychange", () => { if (!document.hidden && wanted) refresh(); });
  addEventListener("pagehide", () => source.close());
})();
