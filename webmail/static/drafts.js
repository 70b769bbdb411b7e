// What is typed in a form marked data-draft comes back into it after an idle sign-out. It is kept in this tab, sealed by a
// key that only pages of the same person's session bear; signing out wipes it. Without this script everything works.
(() => {
  "use strict";
  const SENT = "pli-envoi";
  let isLeaving = false;
  for (const way of document.querySelectorAll('form[action="/deconnexion"]')) {
    way.addEventListener("submit", () => {
      isLeaving = true;
      sessionStorage.clear();
    });
  }
  if (document.querySelector("#envoi, #fait")) sessionStorage.removeItem(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
  if (!window.crypto?.subtle) return;

  const octets = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (c) => String.fromCharCode(c)).join(""));
  const cipher = (form) => crypto.subtle.importKey("raw", octets(form.dataset.draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  // The place of a draft tells nobody else whose it is, nor which conversation it belongs to.
  const place = async (form) => "pli-" + text(await crypto.subtle.digest("SHA-256",
    new TextEncoder().encode(`${form.dataset.draft} ${form.dataset.draftKey}`)));
  // What people fill in, and what says of which version of which entry the form was: an entry that changed meanwhile is
  // told so by its version, and what was sent before by its number.
  const FILLED = ["textarea", "select", "input:not([type])",
    ...["checkbox", "date", "time", "number", "tel", "email", "search", "text"].map((type) => `input[type=${type}]`)].join();
  const BORNE = "input[type=hidden]:is([name=version], [name=fiche], [name=entree])";
  const fields = (form) => [...form.elements].filter((field) => field.name && field.matches(`${FILLED}, ${BORNE}`));
  const now = (field) => field.type === "checkbox" ? field.checked : field.value;
  // What stood in it when the page came: a day that the page chose by itself is not typed.
  const stood = (field) => field.type === "checkbox" ? field.defaultChecked
    : field.matches("select") ? ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value ?? ""
    : field.defaultValue;
  const isTyped = (form) => fields(form).some((field) => field.matches(FILLED) && now(field) !== stood(field));

  const kept = async (form) => {
    if (!isTyped(form)) return null;
    const said = fields(form).map((field) => [field.name, now(field)]);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await cipher(form),
      new TextEncoder().encode(JSON.stringify(said)));
    return text(nonce) + text(sealed);
  };

  let last = Promise.resolve();
  const keep = async (form) => {
    const where = await place(form), value = await kept(form);
    if (isLeaving) return;
    if (value === null) sessionStorage.removeItem(where);
    else sessionStorage.setItem(where, value);
  };
  const keepSoon = (event) => {
    const form = event.target.form;
    if (form?.matches("[data-draft]")) last = window.pliDrafts = last.then(() => keep(form)).catch(() => {});
  };
  document.addEventListener("input", keepSoon);
  document.addEventListener("change", keepSoon);

  const giveBack = async (form) => {
    const where = await place(form), value = sessionStorage.getItem(where);
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, where));
    for (const way of document.querySelectorAll("a[data-draft-drop]")) {
      way.addEventListener("click", () => sessionStorage.removeItem(where));
    }
    // The answer to a form has in it what was sent.
    if (!value || "answer" in document.body.dataset || isTyped(form)) return;
    let said;
    try {
      said = JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: octets(value.slice(0, 16)) }, await cipher(form), octets(value.slice(16)))));
    } catch {
      sessionStorage.removeItem(where);
      return;
    }
    if (isTyped(form)) return;
    const back = said.map(([name, was]) => [fields(form).find((field) => field.name === name), was])
      .filter(([field, was]) => field && now(field) !== was);
    if (!back.some(([field]) => field.matches(FILLED))) {
      sessionStorage.removeItem(where);
      return;
    }
    for (const [field, was] of back) {
      if (field.type === "checkbox") field.checked = was;
      else field.value = was;
    }
    form.querySelector("[data-draft-said]").hidden = false;
  };
  for (const form of document.querySelectorAll("form[data-draft]")) giveBack(form).catch(() => {});
})();
