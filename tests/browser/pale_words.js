() => {
  const parts = colour => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, under) => {
    const alpha = top[3] ?? 1;
    return [0, 1, 2].map(i => top[i] * alpha + under[i] * (1 - alpha));
  };
  const ground = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(parts(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const words = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll('body *')]
    .filter(e => words(e) && e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(e => !e.closest('.hidden, .skip, svg, script, style, noscript, [disabled]'))
    .map(e => {
      const style = getComputedStyle(e), under = ground(e);
      const [a, b] = [light(over(parts(style.color), under)), light(under)].sort((x, y) => y - x);
      const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      return [(a + 0.05) / (b + 0.05), isLarge ? 3 : 4.5, e.textContent.trim().slice(0, 40)];
    })
    .filter(([ratio, least]) => ratio < least)
    .map(([ratio, , text]) => `${text}: ${ratio.toFixed(2)}`);
}
