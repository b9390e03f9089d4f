"use strict";
document.documentElement.classList.add("live");

// The menu of a narrow window.
const menu = document.getElementById("menu"), opener = document.querySelector(".menu-button");
opener.addEventListener("click", () =>
  opener.setAttribute("aria-expanded", String(menu.classList.toggle("open"))));

// The search box. What it searches lies beside the pages and is read when it is first used.
const MOST = 12;
const box = document.getElementById("search"), found = document.getElementById("found");
let entries = null, asked = false, chosen = -1;

function read() {
  if (asked) return;
  asked = true;
  const script = document.createElement("script");
  script.src = document.body.dataset.root + "search.js";
  script.addEventListener("load", () => {
    entries = window.seisdslSearch.map(([title, of, address, text]) =>
      ({ title, of, address, text, name: squeezed(title), low: text.toLowerCase(), words: title.toLowerCase() }));
    look();
  });
  document.head.append(script);
}

// `STA/LTA`, `sta lta` and `sta-lta` are the same.
const squeezed = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

function worth(entry, asked, whole) {
  let sum = entry.name === whole ? 400 : entry.name.startsWith(whole) ? 60 : 0;
  for (const word of asked) {
    const at = entry.words.indexOf(word);
    if (at === 0) sum += 30;
    else if (at > 0) sum += /[^\p{L}\p{N}]/u.test(entry.words[at - 1]) ? 20 : 8;
    else if (entry.low.includes(word)) sum += 2;
    else if (!entry.name.includes(whole)) return 0;
  }
  return sum + (entry.of === "operator" ? 5 : 0);
}

// The words around those that were asked for; of what is called so, its first ones.
function around({ text, words }, asked) {
  if (asked.every((word) => words.includes(word))) return text.length > 130 ? text.slice(0, 130) + " …" : text;
  const at = Math.max(0, Math.min(...asked.map((word) => text.toLowerCase().indexOf(word)).filter((n) => n >= 0), text.length) - 40);
  const from = at ? text.indexOf(" ", at) + 1 : 0;
  return (from ? "… " : "") + text.slice(from, from + 130) + (text.length > from + 130 ? " …" : "");
}

function look() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean), whole = squeezed(box.value);
  chosen = -1;
  if (!entries) return;
  if (!whole) return close();
  const best = entries.map((entry) => [worth(entry, words, whole), entry]).filter(([sum]) => sum > 0)
    .sort((a, b) => b[0] - a[0]).slice(0, MOST);
  found.replaceChildren(...best.map(([, entry], at) => {
    const link = document.createElement("a"), name = document.createElement("b"), of = document.createElement("small");
    const said = document.createElement("span");
    link.href = document.body.dataset.root + entry.address;
    link.id = `found-${at}`;
    link.setAttribute("role", "option");
    name.textContent = entry.title;
    of.textContent = entry.of;
    said.textContent = around(entry, words);
    link.append(name, of, said);
    return link;
  }));
  if (!best.length) {
    const none = document.createElement("p");
    none.textContent = "Nothing here has these words.";
    found.append(none);
  }
  found.hidden = false;
  box.setAttribute("aria-expanded", "true");
}

function close() {
  found.hidden = true;
  box.setAttribute("aria-expanded", "false");
}

function choose(at) {
  const links = [...found.querySelectorAll("a")];
  if (!links.length) return;
  chosen = (at + links.length) % links.length;
  links.forEach((link, number) => link.setAttribute("aria-selected", String(number === chosen)));
  links[chosen].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", links[chosen].id);
}

box.disabled = false;
box.addEventListener("focus", read);
box.addEventListener("input", () => { read(); look(); });
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter") found.querySelectorAll("a")[Math.max(chosen, 0)]?.click();
  else if (event.key === "Escape") { close(); box.blur(); }
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => { if (!event.target.closest(".search")) close(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    box.focus();
  }
});
