// A second press on a button while its form is on the way would send it twice, and the second answer is the one
// that is shown. Without this script the server answers both in a way that one can go on from.
(() => {
  "use strict";
  const onTheWay = new WeakSet();
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const form = event.target;
    if (onTheWay.has(form)) { event.preventDefault(); return; }
    onTheWay.add(form);
    setTimeout(() => onTheWay.delete(form), 3000);
  });
})();
