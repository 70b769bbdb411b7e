// Passkeys: a form that is marked data-passkey asks the device, puts its answer in the form and sends it. Without this
// script, or on a device that has none, the form stays hidden and everything else works. What leads to such a form is
// marked data-with-passkey.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: octets(one.id) }));

  const written = (credential, response) => JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type,
    clientExtensionResults: {}, response,
  });

  const ways = {
    get: async (asked) => {
      const publicKey = { ...asked, challenge: octets(asked.challenge), allowCredentials: known(asked.allowCredentials) };
      const found = await navigator.credentials.get({ publicKey }), answer = found.response;
      return written(found, {
        clientDataJSON: text(answer.clientDataJSON), authenticatorData: text(answer.authenticatorData),
        signature: text(answer.signature), userHandle: answer.userHandle ? text(answer.userHandle) : null,
      });
    },
    create: async (asked) => {
      const publicKey = {
        ...asked, challenge: octets(asked.challenge), user: { ...asked.user, id: octets(asked.user.id) },
        excludeCredentials: known(asked.excludeCredentials),
      };
      const made = await navigator.credentials.create({ publicKey });
      return written(made, {
        clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
      });
    },
  };

  for (const words of document.querySelectorAll("[data-without-passkey]")) words.hidden = true;
  for (const way of document.querySelectorAll("[data-with-passkey]")) way.hidden = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = form.querySelector("[role=status]");
      said.textContent = "";
      try {
        form.elements.reponse.value = await ways[form.dataset.passkey](JSON.parse(form.dataset.options));
      } catch (error) {
        const is_known = error.name === "InvalidStateError" && form.dataset.known;
        said.textContent = is_known ? form.dataset.known : form.dataset.failed;
        return;
      }
      form.submit();
    });
  }
})();
