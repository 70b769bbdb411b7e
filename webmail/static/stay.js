// Two minutes before an unused session ends, ask whether somebody is still there; one press keeps it open (RGAA 13.1).
// Without this script the session ends as it does anyway, and what was typed comes back after a new sign-in.
(() => {
  "use strict";
  const box = document.getElementById("bientot"), idle = Number(document.body.dataset.idle);
  if (!box?.showModal || !idle) return;
  const form = box.querySelector("form"), button = form.querySelector("button");
  let timer, last;

  const wait = () => {
    clearTimeout(timer);
    clearTimeout(last);
    timer = setTimeout(ask, (idle - Math.min(120, idle / 2)) * 1000);
  };
  const end = async () => {
    // Another tab may have kept it open; asking it this way is no act of the person.
    const answer = await fetch("/parametres", { redirect: "error", headers: { "Pli-Live": "1" } }).catch(() => null);
    if (answer?.ok) { box.close(); wait(); return; }
    if (!box.open) box.showModal();
    form.querySelector("[data-soon]").hidden = true;
    form.querySelector("[data-late]").hidden = false;
    button.textContent = "Fermer";
  };
  const ask = () => {
    box.showModal();
    last = setTimeout(end, Math.min(120, idle / 2) * 1000);
  };
  form.addEventListener("submit", async (event) => {
    if (button.textContent === "Fermer") return;
    event.preventDefault();
    const answer = await fetch("/parametres", { redirect: "error" }).catch(() => null);
    if (!answer?.ok) { end(); return; }
    box.close();
    wait();
  });
  wait();
})();
