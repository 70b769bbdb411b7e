// How far a file is on its way. The answer is shown as the browser would have shown it; without this script, or when
// the line is lost, the form is sent by the browser itself.
(() => {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  const box = form && form.querySelector("[data-upload-said]");
  if (!box) return;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const bar = box.querySelector("progress"), button = form.querySelector("button"), sent = new XMLHttpRequest();
    box.hidden = false;
    button.disabled = true;
    sent.open("POST", form.action);
    sent.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) bar.value = Math.floor(100 * step.loaded / step.total);
    });
    sent.addEventListener("load", () => {
      history.replaceState(null, "", sent.responseURL);
      document.open();
      document.write(sent.responseText);
      document.close();
    });
    sent.addEventListener("error", () => form.submit());
    sent.send(new FormData(form));
  });
})();
