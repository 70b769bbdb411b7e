// Reads a SMART Health Link in the browser: what stands after the # never reaches a server, nor does the key.
(() => {
  "use strict";
  const form = document.getElementById("ouvrir"), trouble = document.getElementById("souci");
  const shown = document.getElementById("profil");
  const tell = (words) => { trouble.hidden = !words; trouble.querySelector("p").textContent = words; };
  const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const words = (bytes) => new TextDecoder().decode(bytes);

  const linkOf = (hash) => {
    const payload = JSON.parse(words(octets(hash.slice(hash.indexOf("shlink:/") + 8))));
    if (new URL(payload.url).origin !== location.origin || octets(payload.key).length !== 32) throw new Error("not ours");
    return payload;
  };
  const decrypted = async (jwe, key) => {
    const [head, , nonce, text, tag] = jwe.split(".");
    const header = JSON.parse(words(octets(head)));
    if (header.alg !== "dir" || header.enc !== "A256GCM") throw new Error("another cipher");
    const opened = await crypto.subtle.importKey("raw", octets(key), "AES-GCM", false, ["decrypt"]);
    const sealed = new Uint8Array([...octets(text), ...octets(tag)]);
    const aad = new TextEncoder().encode(head);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: octets(nonce), additionalData: aad }, opened, sealed);
    if (header.zip !== "DEF") return JSON.parse(words(plain));
    const inflated = new Blob([plain]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(inflated).text());
  };
  const element = (name, text, parent) => {
    const made = document.createElement(name);
    made.textContent = text;
    parent.append(made);
    return made;
  };
  const show = (bundle) => {
    const found = bundle.entry.map((one) => one.resource);
    const person = found.find((one) => one.resourceType === "Patient");
    const name = person.name[0];
    const sheet = element("section", "", shown);
    sheet.className = "sheet folded sheet-pad stack";
    element("h2", [...(name.given || []), name.family].join(" "), sheet);
    if (person.birthDate) element("p", `Date de naissance\u00a0: ${person.birthDate.split("-").reverse().join("/")}`, sheet);
    for (const part of found.find((one) => one.resourceType === "Composition").section) {
      element("h3", part.title, sheet);
      const list = element("ul", "", sheet);
      list.className = "bullets";
      // A parsed document runs no script and loads nothing; its words alone are taken.
      for (const line of new DOMParser().parseFromString(part.text.div, "text/html").querySelectorAll("li")) {
        element("li", line.textContent, list);
      }
    }
    const paper = found.find((one) => one.resourceType === "DocumentReference");
    if (paper) {
      const file = new Blob([octets(paper.content[0].attachment.data)], { type: "application/pdf" });
      const link = element("a", "Télécharger en PDF", element("p", "", sheet));
      Object.assign(link, { href: URL.createObjectURL(file), download: "profil-partage.pdf", className: "button" });
    }
  };

  let link;
  try { link = linkOf(location.hash); } catch { tell("Ce code n’est pas complet. Scannez-le encore."); return; }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell("");
    const asked = { recipient: form.nom.value, passcode: form.code.value.replace(/\s/g, "") };
    try {
      const answer = await fetch(link.url, {
        method: "POST", credentials: "omit", headers: { "content-type": "application/json" }, body: JSON.stringify(asked),
      });
      if (answer.status === 401) {
        const left = (await answer.json()).remainingAttempts;
        tell(left ? `Ce code d’accès est faux. Essais restants\u00a0: ${left}.` : "Ce partage est arrêté, après trop de codes faux.");
        return;
      }
      if (answer.status === 404) { tell("Ce partage est terminé. Demandez un nouveau code à la personne."); return; }
      if (!answer.ok) throw new Error("refused");
      show(await decrypted((await answer.json()).files[0].embedded, link.key));
      history.replaceState(null, "", location.pathname);
      form.hidden = true;
      shown.hidden = false;
      shown.focus();
    } catch {
      tell("Le profil ne s’ouvre pas. Vérifiez votre connexion, puis essayez encore.");
    }
  });
})();
