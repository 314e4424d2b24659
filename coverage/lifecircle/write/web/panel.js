/* The panel that explains one place, and its highlight on the map. */

function select(target, move) {
  state.selected = target;
  const builders = { residence: residencePanel, facility: facilityPanel, zone: zonePanel };
  showPanel(builders[target.type](target.row));
  highlight(target);
  if (move) bringIntoView(target);
}

/** Show the chosen place and what it is linked with in the part of the map left free. */
function bringIntoView(target) {
  const table_ = { residence: residences, facility: facilities, zone: zones }[target.type];
  if (!table_.anchor[target.row]) return;
  const bounds = L.latLngBounds([point(table_.anchor[target.row])]);
  if (target.type === "zone") bounds.extend(boundsOf(zones.shape[target.row]));
  linksOf(target.type, target.row).forEach((link) => {
    bounds.extend(point(residences.anchor[links.residence[link]]));
    bounds.extend(point(facilities.anchor[links.facility[link]]));
  });
  map.fitBounds(bounds, { maxZoom: 16, paddingTopLeft: [50, 40], paddingBottomRight: [NARROW.matches ? 40 : 450, 40] });
}

function deselect() {
  state.selected = null;
  clearHighlight();
  showRemedies();
  showCatchments(ringsOf((ring) => ring.facility === null && ring.kind === layers.catchments.chosen));
  document.getElementById("panel").hidden = true;
  document.body.classList.remove("explaining");
  map.invalidateSize(false);
}

function showPanel(children) {
  const panel = empty(document.getElementById("panel"));
  const close = make("button.close", "×");
  close.type = "button";
  close.setAttribute("aria-label", words.close);
  close.addEventListener("click", deselect);
  panel.appendChild(close);
  children.forEach((child) => child && panel.appendChild(child));
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add("explaining");
  map.invalidateSize(false);
}

function facts(pairs) {
  const list = make("dl");
  pairs.filter(Boolean).forEach((pair) => {
    list.appendChild(make("dt", pair[0]));
    list.appendChild(make("dd", pair[1]));
  });
  return list;
}

function chip(verdict) {
  return make("span.chip." + verdict, word("verdict", verdict));
}

function flagList(codes) {
  const flags = (codes || "").split(";").filter(Boolean);
  return flags.length ? make("ul.flags", null, flags.map((code) => make("li", flagged(code)))) : null;
}

function residencePanel(row) {
  const households = isKnown(residences.households[row])
    ? number(residences.households[row]) + (residences.estimated[row] ? words.estimated : "")
    : words.unknown;
  return [
    make("h2", residenceName(row)),
    make("p.id", fill(words.residence_id, { id: residences.id[row] })),
    facts([
      [words.households, households],
      [words.status, residences.status[row] ? word("status", residences.status[row]) : words.unknown],
    ]),
    make("div.cards", null, READINGS.map((reading) => readingCard(row, reading))),
    robustnessNote(row),
    clusterNote(row),
    make("h3", words.reached_facilities),
    reachedTable(row),
    flagList(residences.flags[row]),
  ];
}

/** The outermost shortage cluster of a residence, if it is in one. */
function clusterOf(row) {
  let id = residences.cluster_id[row];
  while (id && data.clusters[id].parent) id = data.clusters[id].parent;
  return id;
}

function clusterNote(row) {
  const cluster = data.clusters[clusterOf(row)];
  if (!cluster) return null;
  const sentence = fill(labels.clusters.sentence, {
    residences: number(cluster.residences),
    requirement: number(cluster.requirement_m2, 2),
    capacity: number(cluster.capacity_m2, 2),
    shortage: number(cluster.shortage_m2, 2),
  });
  return make("div.cluster", null, [
    make("p", sentence + (cluster.proven ? "" : labels.clusters.unproven)),
    facts([
      [words.remedy_least, area(cluster.least_m2)],
      [words.remedy_sites, singleSiteText(clusterOf(row))],
    ]),
  ]);
}

function singleSiteText(id) {
  if (!data.clusters[id].single) return words.remedy_several;
  const alone = data.remedies.some((remedy) => remedy.cluster === id && remedy.kind === "all_met");
  return alone ? words.remedy_one : words.remedy_shared;
}

/** One reading of one residence: the verdict, and the numbers that make it. */
function readingCard(row, reading) {
  const verdict = verdictOf(row, reading);
  const reason = reasonOf(row, reading);
  const head = make("header", null, [make("span", words["reading_" + reading]), chip(verdict)]);
  const card = make("article" + (reading === state.reading ? ".chosen" : ""), null, [
    head,
    reason ? make("p.reason", word("supply.reason", reason)) : null,
    facts(CARD_FACTS[reading](row)),
  ]);
  card.dataset.reading = reading;
  return card;
}

/** How the requirement is computed: households times the clause's rate. */
function requirementText(row, document_, ruleId, requirement) {
  const rule = document_.rules[ruleId];
  const known = rule && isKnown(rule[1]) && isKnown(residences.households[row]) && isKnown(requirement);
  return known
    ? fill(words.requirement_sum, { households: number(residences.households[row]), rate: number(rule[1], 2), m2: number(requirement, 2) })
    : area(requirement);
}

const CARD_FACTS = {
  rule: (row) => [
    residences.clause[row] ? [words.clause, fill(words.clause_of, { clause: residences.clause[row], title: data.study.standard.title })] : null,
    residences.ledger[row] ? [words.ledger, word("ledger", residences.ledger[row])] : null,
    [words.requirement, requirementText(row, data.study.standard, residences.rule_id[row], residences.requirement_m2[row])],
    [words.shortage, area(residences.shortage_m2[row])],
    residences.verdict_with_planned[row] !== residences.verdict[row] && residences.verdict_with_planned[row]
      ? [words.with_planned, word("verdict", residences.verdict_with_planned[row])]
      : null,
  ],
  own: (row) => [
    [words.own, area(residences.own_m2[row])],
    residences.own_pending_m2[row] ? [words.own_pending, area(residences.own_pending_m2[row])] : null,
  ],
  circle: (row) => [
    [words.reachable, fill(words.n_facilities_m2, { n: number(residences.reachable_facilities[row]), m2: number(residences.reachable_m2[row], 2) })],
    [words.allocated, area(residences.circle_m2[row])],
    [words.shortage, area(residences.circle_shortage_m2[row])],
  ],
  plain: (row) => [
    [words.requirement, requirementText(row, data.study.plain, Object.keys(data.study.plain.rules)[0], residences.plain_requirement_m2[row])],
    [words.allocated, area(residences.plain_m2[row])],
    [words.shortage, area(residences.plain_shortage_m2[row])],
  ],
};

/** The links of one place, nearest first. */
function linksOf(column, row) {
  return (links[column] || [])
    .map((place, i) => (place === row ? i : -1))
    .filter((i) => i >= 0)
    .sort((a, b) => links.walk_m[a] - links.walk_m[b] || a - b);
}

const allocatedBy = (link) => links[state.reading === "plain" ? "plain_allocated_m2" : "allocated_m2"][link];

function table(heads, rows) {
  const head = make("tr", null, heads.map((text, i) => make(i ? "th.n" : "th", text)));
  return make("table.links", null, [make("thead", null, [head]), make("tbody", null, rows)]);
}

function reachedTable(row) {
  const reached = linksOf("residence", row);
  if (!reached.length) return make("p.none", nearestText(row));
  const allocated = state.reading === "plain" ? words.plain_allocated_short : words.allocated_short;
  return table([words.facility, words.minutes, words.metres, words.counted_short, allocated], reached.map((link) => {
    const facility = links.facility[link];
    const icon = symbolSwatch(kindStyle(facilities.kind[facility], facilities.status[facility]));
    const line = make("tr", null, [
      make("td", null, [goButton({ type: "facility", row: facility }, [icon, make("span", facilityName(facility))])]),
      make("td.n", minutes(links.minutes[link])),
      make("td.n", number(links.walk_m[link])),
      make("td.n", number(facilities.counted_m2[facility], 1)),
      make("td.n", number(allocatedBy(link), 1)),
    ]);
    if (!allocatedBy(link)) line.className = "zero";
    return line;
  }));
}

function nearestText(row) {
  const nearest = residences.nearest[row];
  if (nearest === null) return words.none_reached;
  return fill(words.nearest, {
    name: facilityName(nearest),
    minutes: minutes(residences.nearest_minutes[row]),
    metres: number(residences.nearest_m[row]),
  });
}

function facilityPanel(row) {
  const reason = facilities.counted_reason[row];
  return [
    make("h2", facilityName(row)),
    make("p.id", fill(words.facility_id, { id: facilities.id[row] })),
    facts([
      [words.kind, word("kind", facilities.kind[row])],
      [words.status, word("facility_status", facilities.status[row])],
      [words.floor_area, area(facilities.floor_area_m2[row])],
      [words.counted, area(facilities.counted_m2[row])],
      reason ? [words.counted_zero, word("supply.counted_reason", reason)] : null,
      [words.given, area(facilities.allocated_m2[row])],
      [words.idle, area(facilities.idle_m2[row])],
      fullness(row) === null ? null : [words.fullness, percent(fullness(row))],
      [words.gain, area(facilities.gain_m2_per_m2[row])],
      isKnown(facilities.beds[row]) ? [words.beds, number(facilities.beds[row])] : null,
      [words.reached_households, number(facilities.reached_households[row])],
    ]),
    fullness(row) === null ? null : fullnessBar(fullness(row)),
    make("h3", words.reached_residences),
    userTable(row),
    flagList(facilities.flags[row]),
  ];
}

/** The part of the counted floor area that is given out; null where none counts. */
const fullness = (row) => (facilities.counted_m2[row] > 0 ? facilities.allocated_m2[row] / facilities.counted_m2[row] : null);

function fullnessBar(share) {
  const used = make("i.used");
  const free = make("i.free");
  used.style.flexGrow = share;
  free.style.flexGrow = 1 - share;
  return make("div.bar", null, [used, free]);
}

function userTable(row) {
  const users = linksOf("facility", row);
  if (!users.length) return make("p.none", words.nobody);
  const allocated = state.reading === "plain" ? words.plain_allocated_short : words.allocated_short;
  return table([words.residence, words.minutes, words.metres, allocated], users.map((link) => {
    const residence = links.residence[link];
    const line = make("tr", null, [
      make("td", null, [goButton({ type: "residence", row: residence }, [verdictSwatch(verdictOf(residence)), make("span", residenceName(residence))])]),
      make("td.n", minutes(links.minutes[link])),
      make("td.n", number(links.walk_m[link])),
      make("td.n", number(allocatedBy(link), 1)),
    ]);
    if (!allocatedBy(link)) line.className = "zero";
    return line;
  }));
}

function zonePanel(row) {
  const verdicts = data.verdicts.map((verdict) => make("tr", null, [
    make("td", null, [verdictSwatch(verdict)]),
    make("td", word("verdict", verdict)),
    make("td.n", number(zones["residences_" + verdict][row])),
  ]));
  return [
    make("h2", nameOf(zones, row)),
    make("p.id", word("level", zones.level[row])),
    facts([
      [words.served_share, percent(zones.served_share[row])],
      [words.met_share, percent(zones.met_share[row])],
      [words.households, number(zones.households_in_residences[row])],
      [words.served_households, number(zones.served_households[row])],
      [words.met_households, number(zones.met_households[row])],
      [words.requirement, area(zones.requirement_m2[row])],
      [words.supply, area(zones.supply_m2[row])],
      [words.allocated, area(zones.allocated_m2[row])],
      [words.shortage, area(zones.shortage_m2[row])],
      ...peopleFacts(row),
    ]),
    make("h3", fill(words.residences_by_verdict, { reading: words.reading_rule })),
    make("table.verdicts", null, [make("tbody", null, verdicts)]),
    make("h3", words.indicators),
    indicatorTable(row),
  ];
}

/** People by the raster, where the study has one. */
function peopleFacts(row) {
  if (!zones.people_raster) return [];
  return ["people_raster", "people_unassigned", "served_people_raster", "served_people"]
    .map((key) => [words[key], number(zones[key][row])]);
}

/** What each rule of the standards comes to in a zone. */
function indicatorTable(zone) {
  const { rules } = data.indicators;
  const rows = data.indicators.zone.map((each, i) => (each === zone ? i : -1)).filter((i) => i >= 0);
  if (!rows.length) return make("p.none", words.no_indicators);
  return table([words.indicator, words.limit, words.value, words.judged], rows.map((i) => {
    const [, title, clause, limit] = rules[data.indicators.rule[i]];
    const verdict = data.indicators.verdict[i];
    return make("tr", null, [
      make("td", null, [make("span", title), clause ? make("small", " " + clause) : null]),
      make("td.n", limit),
      make("td.n", data.indicators.value[i]),
      make("td.n", word("standard.verdict", verdict)),
    ]);
  }));
}

const MOST_SHARES_WRITTEN = 8; // more would cover each other

/** Ring the chosen place and join it with the places at the other end of its links. */
function highlight(target) {
  clearHighlight();
  const rings = target && target.type === "facility" ? ringsOf((ring) => ring.facility === target.row) : [];
  showCatchments(rings.length ? rings : ringsOf((ring) => ring.facility === null && ring.kind === layers.catchments.chosen));
  if (!target) return;
  showRemedies(layers.remedies.shown && target.type === "residence" ? clusterOf(target.row) : null);
  if (target.type === "zone") outline(zones.shape[target.row], OUTLINES.chosen);
  else highlightLinks(target);
  layers.facilities.forEach((layer) => layer && layer._map && layer.bringToFront());
}

function clearHighlight() {
  layers.highlight.clearLayers();
  if (layers.tiles) layers.tiles.clearOutlines();
}

function highlightLinks(target) {
  const isResidence = target.type === "residence";
  if (isResidence) outlineCluster(target.row);
  const reached = linksOf(target.type, target.row).filter((link) => links.minutes[link] <= state.minutes);
  const few = reached.filter(allocatedBy).length <= MOST_SHARES_WRITTEN;
  reached.forEach((link) => drawLink(link, few));
  if (isResidence) outlineResidence(target.row);
  if (!isResidence) ring(facilities, target.row);
  if (isResidence && residences.nearest[target.row] !== null && !linksOf("residence", target.row).length) {
    drawLine(residences.anchor[target.row], facilities.anchor[residences.nearest[target.row]], { dashArray: "1 6", weight: 2 });
    ring(facilities, residences.nearest[target.row]);
  }
}

/** Dash the outline of all who lack floor area together with a residence. */
function outlineCluster(row) {
  const cluster = clusterOf(row);
  if (!cluster) return;
  const members = residences.id.map((id, other) => other).filter((other) => clusterOf(other) === cluster);
  if (layers.tiles) layers.tiles.outline(members, "cluster");
  else members.forEach((other) => outline(residences.shape[other], OUTLINES.cluster));
}

function outlineResidence(row) {
  if (layers.tiles) layers.tiles.outline([row], "chosen");
  else outline(residences.shape[row], OUTLINES.chosen);
}

/** Draw one walk; with what is given along it written beside it, or told when it is clicked. */
function drawLink(link, few) {
  const from = residences.anchor[links.residence[link]];
  const to = facilities.anchor[links.facility[link]];
  const share = allocatedBy(link);
  const line = drawLine(from, to, share
    ? { weight: Math.min(1.5 + Math.sqrt(share) / 8, 5), interactive: true }
    : { weight: 1, dashArray: "2 5", opacity: 0.6 });
  if (!line || !share) return;
  const text = number(share, 1) + " m²";
  line.bindTooltip(() => make("span", few ? text : text + " · " + minutes(links.minutes[link]) + " " + words.minutes), {
    permanent: few,
    sticky: !few,
    direction: few ? "center" : "top",
    className: few ? "share" : "",
  });
  line.on("click", (event) => L.DomEvent.stopPropagation(event));
}

/** Return the line; null where an end is not on the map. */
function drawLine(from, to, style) {
  if (!from || !to) return null;
  return L.polyline([point(from), point(to)], Object.assign({ color: "#1a1a1a", opacity: 0.85 }, layers.highlightStyle, style)).addTo(layers.highlight);
}

function outline(geometry, lines) {
  if (!geometry) return;
  lines.forEach((line) => {
    const style = Object.assign({ fill: false }, layers.highlightStyle, line);
    const layer = isPoint(geometry) ? L.circleMarker(point(geometry), Object.assign({ radius: 8 }, style)) : surfaceLayer(geometry, style);
    layer.addTo(layers.highlight);
  });
}

function ring(table_, row) {
  if (!table_.anchor[row]) return;
  const radius = symbolRadius(table_.counted_m2[row]) + 5;
  L.circleMarker(point(table_.anchor[row]), Object.assign({ fill: false, color: "#111111", weight: 2.5, radius }, layers.highlightStyle)).addTo(layers.highlight);
}
