"use strict";
document.documentElement.classList.add("live");

// Tables: sorted, filtered, shown fifty rows at a time, and taken away as CSV.
const PAGE = 50;
const words = new Intl.NumberFormat("en");

function written(cell, head) {
  if (cell === null) return "";
  if (head.kind === "time") return cell.replace("T", " ").replace("Z", "").slice(0, 23);
  if (head.kind === "truth") return cell ? "yes" : "no";
  if (head.kind === "text") return cell;
  if (head.decimals !== null) return cell.toFixed(head.decimals);
  const size = Math.abs(cell);
  return size === 0 || (size >= 1e-4 && size < 1e6) ? String(Number(cell.toPrecision(4))) : cell.toExponential(3);
}

function quoted(text, guard) {
  if (guard && /^'*[=+\-@\t\r\n]/.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function condition(word, columns) {
  const found = /^([^<>=]+)(<=|>=|<|>|=)(.+)$/.exec(word);
  const at = found ? columns.findIndex((head) => head.name.toLowerCase() === found[1].toLowerCase()) : -1;
  if (at < 0) return null;
  const number = columns[at].kind === "number";
  const limit = number ? Number(found[3]) : found[3];
  if (number && Number.isNaN(limit)) return null;
  const holds = {
    "<": (a) => a < limit, ">": (a) => a > limit, "<=": (a) => a <= limit, ">=": (a) => a >= limit,
    "=": (a) => (number ? a === limit : String(a).toLowerCase() === String(limit).toLowerCase()),
  }[found[2]];
  return (row, cells) => cells[at][row] !== null && holds(cells[at][row]);
}

function sheet(box) {
  const { name, simulated, columns, cells } = JSON.parse(box.querySelector("script").textContent);
  const count = cells.length ? cells[0].length : 0;
  const body = box.querySelector("tbody"), heads = [...box.querySelectorAll("th")];
  const [back, on] = [box.querySelector(".back"), box.querySelector(".on")];
  const search = box.querySelector("input"), said = box.querySelector("output");
  let rows = Array.from({ length: count }, (_, row) => row);
  let by = -1, down = false, first = 0, texts = null;

  function draw() {
    const some = rows.slice(first, first + PAGE).map((row) => {
      const line = document.createElement("tr");
      columns.forEach((head, at) => {
        const cell = document.createElement("td");
        cell.className = head.kind;
        cell.textContent = written(cells[at][row], head);
        line.append(cell);
      });
      return line;
    });
    body.replaceChildren(...some);
    const last = Math.min(first + PAGE, rows.length);
    const among = rows.length < count ? ` (${words.format(count)} in all)` : "";
    said.textContent = rows.length
      ? `rows ${words.format(first + 1)} to ${words.format(last)} of ${words.format(rows.length)}${among}`
      : `no row fits${among}`;
    back.disabled = first === 0;
    on.disabled = last >= rows.length;
    back.parentElement.hidden = rows.length <= PAGE;
  }

  function order(a, b) {
    const one = cells[by][a], other = cells[by][b];
    if (one === null || other === null) return one === other ? a - b : one === null ? 1 : -1;
    const sign = one < other ? -1 : one > other ? 1 : 0;
    return sign ? (down ? -sign : sign) : a - b;
  }

  function choose() {
    const asked = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const tests = asked.map((word) => condition(word, columns) || word);
    if (tests.some((test) => typeof test === "string") && !texts)
      texts = Array.from({ length: count }, (_, row) =>
        columns.map((head, at) => written(cells[at][row], head)).join("\t").toLowerCase());
    rows = [];
    for (let row = 0; row < count; row++)
      if (tests.every((test) => (typeof test === "string" ? texts[row].includes(test) : test(row, cells))))
        rows.push(row);
    if (by >= 0) rows.sort(order);
    first = 0;
    draw();
  }

  heads.forEach((head, at) => head.querySelector("button").addEventListener("click", () => {
    down = by === at ? !down : false;
    by = at;
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    rows.sort(order);
    first = 0;
    draw();
  }));
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, count > 5000 ? 200 : 0);
  });
  back.addEventListener("click", () => { first = Math.max(0, first - PAGE); draw(); });
  on.addEventListener("click", () => { first += PAGE; draw(); });
  box.querySelector(".csv").addEventListener("click", () => {
    const marks = simulated && !columns.some((head) => head.name === "simulated");
    const line = (row) => columns
      .map((head, at) => cells[at][row] === null ? "" : quoted(String(cells[at][row]), head.kind === "text"))
      .concat(marks ? ["true"] : []).join(",");
    const titles = columns.map((head) => quoted(head.name, true)).concat(marks ? ["simulated"] : []).join(",");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([[titles, ...rows.map(line)].join("\n"), "\n"], { type: "text/csv" }));
    link.download = name.replace(/[^A-Za-z0-9._-]+/g, "-") + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
  box.querySelector(".tools").hidden = false;
  draw();
}
document.querySelectorAll(".sheet").forEach(sheet);

// Figures: enlarged, and moved with one finger, two, the wheel or the keys.
const large = document.getElementById("large"), view = large.querySelector(".view");
let image = null, scale = 1, x = 0, y = 0, least = 1;
const fingers = new Map();

function put() {
  image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  image.dataset.scale = scale.toFixed(3);
}

function fit() {
  const { clientWidth: wide, clientHeight: high } = view;
  least = scale = Math.min(wide / image.width, high / image.height) * 0.98;
  x = (wide - image.width * scale) / 2;
  y = (high - image.height * scale) / 2;
  put();
}

function zoom(by, atX = view.clientWidth / 2, atY = view.clientHeight / 2) {
  const next = Math.min(Math.max(scale * by, least / 2), least * 40);
  x = atX - (atX - x) * (next / scale);
  y = atY - (atY - y) * (next / scale);
  scale = next;
  put();
}

function at(event) {
  const box = view.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

document.querySelectorAll(".zoom").forEach((button) => button.addEventListener("click", () => {
  image = button.querySelector("img").cloneNode();
  image.width = button.querySelector("img").getAttribute("width");
  image.height = button.querySelector("img").getAttribute("height");
  image.draggable = false;
  view.replaceChildren(image);
  large.querySelector("span").textContent = image.alt;
  large.showModal();
  fit();
}));
large.querySelector(".more").addEventListener("click", () => zoom(1.5));
large.querySelector(".less").addEventListener("click", () => zoom(1 / 1.5));
large.querySelector(".fit").addEventListener("click", fit);
large.querySelector(".close").addEventListener("click", () => large.close());
large.addEventListener("keydown", (event) => {
  const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  if (event.key === "+" || event.key === "=") zoom(1.5);
  else if (event.key === "-") zoom(1 / 1.5);
  else if (event.key === "0") fit();
  else if (moves[event.key]) { x += moves[event.key][0]; y += moves[event.key][1]; put(); }
  else return;
  event.preventDefault();
});
view.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), ...at(event));
}, { passive: false });
view.addEventListener("pointerdown", (event) => {
  fingers.set(event.pointerId, at(event));
  view.setPointerCapture(event.pointerId);
});
view.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const now = at(event);
  if (fingers.size === 1) {
    x += now[0] - before[0];
    y += now[1] - before[1];
    put();
  } else {
    const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
    const apart = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
    zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
  }
  fingers.set(event.pointerId, now);
});
for (const end of ["pointerup", "pointercancel"])
  view.addEventListener(end, (event) => fingers.delete(event.pointerId));
window.addEventListener("resize", () => large.open && fit());
