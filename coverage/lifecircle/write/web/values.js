"use strict";

/*
 * The data island, and how its texts, numbers and geometries are read.
 *
 * These files are joined into one script. Every text from the data reaches the page through
 * `textContent`; nothing is ever read as HTML. The data are columns: `data.residences.name[i]`
 * is the name of residence i.
 */

const data = JSON.parse(document.getElementById("lifecircle-data").textContent);
const { residences, facilities, links, zones, labels } = data;
const words = labels.map;
const isPublic = data.edition === "public"; // zones with their sums, and nothing else
const limitMinutes = data.study.limit_minutes;
const state = { reading: "rule", selected: null, hidden: new Set(), zone: null, minutes: limitMinutes, onSymbol: false };
const layers = {};
let map;

const READINGS = ["rule", "own", "circle", "plain"];
const NARROW = window.matchMedia("(max-width: 760px)");

const locale = data.language === "zh" ? "zh-CN" : "en";
const formats = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits })
);
const isKnown = (value) => value !== null && value !== undefined;
const number = (value, digits) => (isKnown(value) ? formats[digits || 0].format(value) : "—");
const area = (value) => (isKnown(value) ? number(value, 2) + " m²" : "—");
const percent = (value) => (isKnown(value) ? number(value * 100, 1) + "%" : "—");
const minutes = (value) =>
  isKnown(value) ? (Math.ceil(value * 10 - 1e-9) / 10).toFixed(1) : "—";

/** Put values into the gaps of a text: fill("{n} of {m}", {n: 1, m: 2}). */
function fill(text, values) {
  return Object.keys(values).reduce(
    (filled, key) => filled.split("{" + key + "}").join(values[key]),
    text
  );
}

/** A word of one section, or the bare code where the section has none. */
const word = (section, code) => (labels[section] || {})[code] || code || "—";

/** The words for a flag; `outside_zones:street` has a level behind a colon. */
function flagged(flag) {
  const [code, level] = flag.split(":");
  return word("supply.flag", code) + (level ? "（" + word("level", level) + "）" : "");
}

const nameOf = (table, row) => table.name[row] || table.id[row];
const residenceName = (row) => nameOf(residences, row);
const facilityName = (row) => nameOf(facilities, row);

/** Make an element: a tag with a class ("p.note"), a text or none, and its children. */
function make(tag, text, children) {
  const parts = tag.split(".");
  const element = document.createElement(parts[0]);
  if (parts.length > 1) element.className = parts.slice(1).join(" ");
  if (isKnown(text)) element.textContent = text;
  (children || []).forEach((child) => child && element.appendChild(child));
  return element;
}

function empty(element) {
  while (element.firstChild) element.removeChild(element.firstChild);
  return element;
}
