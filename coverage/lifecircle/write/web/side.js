/* The head and the side bar: figures, readings, legend, layers, search, notes. */

const slots = {};

function buildHead() {
  const standard = data.study.standard;
  document.title = data.study.title || "LifeCircle 生活圈";
  const head = document.getElementById("head");
  head.appendChild(make("h1", data.study.title || "LifeCircle 生活圈"));
  const named = [standard.title, standard.number].filter(Boolean).join(" · ");
  head.appendChild(make("p.standard", null, [make("span", named), statusTag(standard)]));
  head.appendChild(make("p.standard", null, [
    make("em.status." + (isPublic ? "quiet" : "loud"), word("edition", data.edition)),
    make("span", [data.study.plan.organisation, data.study.plan.date].filter(Boolean).join(" · ")),
  ]));
  if (data.study.made) head.appendChild(make("p.made", words.made));
}

function statusTag(standard) {
  const text = fill(words["status_" + standard.status], { horizon: isKnown(standard.horizon) ? standard.horizon : "—" });
  return make("em.status." + (standard.status === "in_force" ? "quiet" : "loud"), text);
}

function section(title, children, open, name) {
  const body = make("div.body", null, children);
  const details = make("details.section" + (name ? "." + name : ""), null, [make("summary", title), body]);
  details.open = open;
  return details;
}

function buildSide() {
  const side = document.getElementById("side");
  slots.summary = make("div.summary");
  slots.legend = make("div.legend");
  slots.filter = make("p.reason");
  slots.filter.hidden = true;
  const handle = make("button.handle", words.more);
  handle.type = "button";
  handle.addEventListener("click", () => {
    const open = side.classList.toggle("open");
    handle.textContent = open ? words.less : words.more;
    map.invalidateSize(false);
  });
  (isPublic ? publicParts() : internalParts()).forEach((part) => part && side.appendChild(part));
  side.insertBefore(handle, side.firstChild);
}

function internalParts() {
  return [
    slots.summary,
    buildReadings(),
    buildSearch(),
    section(words.residences, [slots.legend, slots.filter, buildZoneFilter()], true),
    section(words.walking, [buildMinutes(), buildCatchmentChoice()], true, "walking"),
    robustness ? section(labels.robustness.label, buildRobustness(), true) : null,
    section(words.layers, [buildBaseChoice(), buildZoneChoice(), buildRemedyChoice()], true, "layers"),
    section(words.facilities, [buildKinds()], true),
    section(words.about, buildNotes(), false),
  ];
}

function publicParts() {
  refreshSummary();
  return [
    slots.summary,
    section(words.zones, [buildZoneChoice(), buildBaseChoice()], true),
    section(words.about, buildNotes(), true),
  ];
}

function buildReadings() {
  const choices = READINGS.map((reading) => {
    const input = make("input");
    input.type = "radio";
    input.name = "reading";
    input.value = reading;
    input.checked = reading === state.reading;
    input.addEventListener("change", () => showReading(reading));
    const text = make("span", words["reading_" + reading]);
    text.title = word("reading", reading);
    return make("label", null, [input, text]);
  });
  const group = make("fieldset.readings", null, [make("legend", words.reading)].concat(choices));
  return group;
}

function figure(value, name, note) {
  return make("div.figure", null, [make("b", value), make("span", name), note ? make("small", note) : null]);
}

function refreshSummary() {
  const totals = data.totals;
  const reading = isPublic ? null : data.readings[state.reading];
  const met = isPublic ? null : reading.counts.met[1];
  const third = state.reading === "own"
    ? figure(number(reading.counts.short[0]), words.areas_short, words.own_no_shortage)
    : figure(number(state.reading === "rule" ? totals.shortage_m2 : reading.shortage_m2), words.shortage_m2, null);
  const share = state.reading === "rule"
    ? figure(percent(totals.met_share), words.met_share, fill(words.n_households, { n: number(totals.met_households) }))
    : figure(number(met), words.met_households, null);
  empty(slots.summary);
  [
    figure(percent(totals.served_share), words.served_share, fill(words.n_households, { n: number(totals.served_households) })),
    share,
    third,
  ].forEach((part) => slots.summary.appendChild(part));
}

/** Verdicts with the number of residences and households, and their parts as one bar. */
function refreshLegend() {
  const counts = verdictCounts();
  const bar = make("div.bar");
  const rows = data.verdicts.map((verdict) => {
    if (counts[verdict][1] > 0) {
      const part = make("i." + verdict);
      part.style.flexGrow = counts[verdict][1];
      bar.appendChild(part);
    }
    const row = make("tr", null, [
      make("td", null, [make("label.pick", null, [verdictBox(verdict), verdictSwatch(verdict)])]),
      make("td", word("verdict", verdict)),
      make("td.n", number(counts[verdict][0])),
      make("td.n", number(counts[verdict][1])),
    ]);
    row.dataset.verdict = verdict;
    return row;
  });
  const head = make("tr", null, [make("th"), make("th"), make("th.n", words.unit_residences), make("th.n", words.unit_households)]);
  empty(slots.legend);
  slots.legend.appendChild(make("p.full", word("reading", state.reading)));
  slots.legend.appendChild(bar);
  slots.legend.appendChild(make("table", null, [make("thead", null, [head]), make("tbody", null, rows)]));
}

function choice(title, options, chosen, onChange) {
  const select_ = make("select", null, options.map((option) => {
    const element = make("option", option[1]);
    element.value = option[0];
    element.selected = option[0] === chosen;
    return element;
  }));
  select_.addEventListener("change", () => onChange(select_.value));
  return make("label.choice", null, [make("span", title), select_]);
}

function buildCatchmentChoice() {
  const dissolved = ringsOf((ring) => ring.facility === null);
  const kinds = dissolved.map((ring) => ring.kind).filter((kind, i, all) => all.indexOf(kind) === i);
  const limits = dissolved.map((ring) => ring.minutes).filter((each, i, all) => all.indexOf(each) === i).reverse();
  const options = [["", words.none]].concat(
    kinds.filter((kind) => kind === "all").map((kind) => [kind, words.all_kinds]),
    kinds.filter((kind) => kind !== "all").map((kind) => [kind, word("kind", kind)])
  );
  const key = make("p.rings", null, limits.map((limit, i) => {
    const part = make("span", fill(words.n_minutes, { n: number(limit, 1) }));
    part.style.backgroundColor = "rgba(58, 164, 141, " + (0.46 - 0.14 * Math.min(i, 3)) + ")";
    return part;
  }));
  const show = (kind) => {
    layers.catchments.chosen = kind;
    chooser.lastChild.value = kind;
    showCatchments(ringsOf((ring) => ring.facility === null && ring.kind === kind));
    key.hidden = !kind;
  };
  const first = kinds.indexOf("all") < 0 ? "" : "all";
  const chooser = choice(words.catchments, options, first, (kind) => show(kind));
  layers.catchments.show = show;
  show(first);
  return make("div", null, [chooser, key]);
}

/** A box that shows where one more facility would do, with its three tints. */
function buildRemedyChoice() {
  if (!data.remedies.length) return null;
  const box = make("input");
  box.type = "checkbox";
  const key = make("div", null, ["all_met", "with_others", "helps"].map((kind) => {
    const style = REMEDY_STYLES[kind];
    const tint = make("i.tint." + kind);
    tint.style.borderColor = style.color;
    tint.style.backgroundColor = style.fillColor + Math.round(style.fillOpacity * 255).toString(16).padStart(2, "0");
    return make("p.key", null, [tint, make("span", kind === "helps" ? words.remedies_helps : word("remedy_area", kind))]);
  }));
  key.hidden = true;
  box.addEventListener("change", () => {
    layers.remedies.shown = box.checked;
    if (box.checked) layers.catchments.show(""); // two tints on one place cannot be read
    key.hidden = !box.checked;
    showRemedies();
  });
  return make("div.remedies", null, [make("label.kind", null, [box, make("span", words.remedies)]), key]);
}

/** One row a kind that occurs, with a box to hide it. */
function buildKinds() {
  const rows = Object.keys(labels.kind).filter((kind) => facilities.kind.indexOf(kind) >= 0).map((kind) => {
    const box = make("input");
    box.type = "checkbox";
    box.checked = true;
    box.addEventListener("change", () => showKind(kind, box.checked));
    const many = facilities.kind.filter((each, row) => each === kind && layers.facilities[row]).length;
    return make("label.kind", null, [box, symbolSwatch(kindStyle(kind)), make("span", word("kind", kind)), make("span.n", number(many))]);
  });
  const planned = make("p.key", null, [symbolSwatch({ shape: "circle", color: "#555555", hollow: true }), make("span", words.planned_hollow)]);
  const sizes = make("p.key", null, [0, 500, 2000].reduce((parts, m2) => parts.concat([
    swatch(28, (context, size) => paint(context, { shape: "circle", color: "#555555" }, size / 2, size / 2, symbolRadius(m2))),
    make("span", number(m2)),
  ]), []).concat([make("span", words.size_counts)]));
  return make("div", null, [make("div.kinds", null, rows), planned, sizes]);
}

function showKind(kind, shown) {
  layers.facilities.forEach((layer, row) => {
    if (!layer || facilities.kind[row] !== kind) return;
    if (shown) layer.addTo(map);
    else layer.remove();
  });
}

function buildSearch() {
  const input = make("input");
  input.type = "search";
  input.placeholder = words.search_hint;
  input.setAttribute("aria-label", words.search_hint);
  const found = make("ul.found");
  slots.refreshSearch = () => {
    empty(found);
    const wanted = input.value.trim().toLowerCase();
    if (!wanted) return;
    search(wanted).forEach((hit) => found.appendChild(make("li", null, [hitButton(hit)])));
    if (!found.firstChild) found.appendChild(make("li.none", words.nothing_found));
  };
  input.addEventListener("input", slots.refreshSearch);
  return make("div.search", null, [input, found]);
}

function search(wanted) {
  const within = (table, type) => table.id
    .map((id, row) => ({ type, row, name: nameOf(table, row) }))
    .filter((hit) => (hit.name + " " + table.id[hit.row]).toLowerCase().indexOf(wanted) >= 0);
  return within(residences, "residence").concat(within(facilities, "facility")).slice(0, 12);
}

function hitButton(hit) {
  const icon = hit.type === "residence"
    ? verdictSwatch(verdictOf(hit.row))
    : symbolSwatch(kindStyle(facilities.kind[hit.row], facilities.status[hit.row]));
  return goButton(hit, [icon, make("span", hit.name)]);
}

/** A button that selects a place and brings it into view. */
function goButton(target, children) {
  const button = make("button.go", null, children);
  button.type = "button";
  button.addEventListener("click", () => select(target, true));
  return button;
}

function buildNotes() {
  const { standard, plain } = data.study;
  return [
    make("p.note", null, [make("span", fill(words.standard_line, { title: standard.title })), statusTag(standard)]),
    isPublic ? make("p", words.public_note) : make("p", fill(words.plain_line, { title: plain.title })),
    make("p", words.method),
  ].concat(creditLines().map((line) => make("p", line)));
}

/** Who approved the map, whose the data are, and how the walks were measured. */
function creditLines() {
  const { plan, attribution } = data.study;
  return [
    plan.review_number ? fill(words.review_number, { number: plan.review_number }) : null,
    plan.sources.length ? fill(words.sources, { sources: plan.sources.join("；") }) : null,
  ].concat(baseCredit(), attribution.filter((line) => plan.sources.indexOf(line) < 0)).filter(Boolean);
}
