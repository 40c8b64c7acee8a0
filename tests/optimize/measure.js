// What a browser makes of the page of `git optimize report --html`: run in it by browser.rs, and read from the document
// that it leaves.
const box = (element) => element.getBoundingClientRect();
const seen = (element) => box(element).width > 0 && box(element).height > 0;
const all = (selector, root = document) => [...root.querySelectorAll(selector)].filter(seen);
const page = document.documentElement;

// Contrast of two colours as WCAG 2 defines it.
const light = (color) => {
  const parts = color.match(/[\d.]+/g).slice(0, 3).map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
};
const contrast = (one, two) => {
  const [darker, lighter] = [light(one), light(two)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
};
const style = (element) => getComputedStyle(element);
const back = style(document.body).backgroundColor;

const tiles = all("g").map((tile) => ({ tile, rect: tile.querySelector("rect"), texts: [...tile.querySelectorAll("text")] }));
const text = (element) => element.textContent;
const measured = {
  width: innerWidth,
  needed: page.scrollWidth,
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  back,
  requests: performance.getEntriesByType("resource").map((entry) => entry.name),
  // Beyond the edge of the screen, and not inside of what scrolls by itself.
  outside: all("main *").filter((it) => !it.closest(".scroll, pre") && box(it).right > innerWidth + 0.5).map(text),
  scrolling: all(".scroll").filter((it) => it.scrollWidth > it.clientWidth).map(text),
  pictures: all("svg").map((it) => it.getAttribute("aria-label")),
  bars: all("rect.bar").length,
  tiles: tiles.length,
  // Labels that leave their tiles.
  labels: tiles.flatMap(({ rect, texts }) => texts.filter((it) => box(it).right > box(rect).right)).map(text),
  labelled: tiles.filter(({ texts }) => texts.length > 0).length,
  smallest: Math.min(...all("svg text, td, p, li").map((it) => {
    const scale = it.ownerSVGElement ? it.getScreenCTM().a : 1;
    return parseFloat(style(it).fontSize) * scale;
  })),
  contrast: Math.min(
    ...all("h1, h2, td, th, p, strong, footer").map((it) => contrast(style(it).color, back)),
    ...tiles.filter(({ texts }) => texts.length > 0).map(({ rect, texts }) => contrast(style(texts[0]).fill, style(rect).fill)),
  ),
  timings: all("td").filter((it) => /^\d+\.\d+ m?s$/.test(text(it))).length,
};
const left = parent.document.createElement("pre");
left.id = "measured";
left.textContent = JSON.stringify(measured);
parent.document.body.append(left);
