"use strict";

/*
 * Draws the data island on a Leaflet map and explains it in the side bar and the panel.
 *
 * Every text from the data reaches the page through `textContent`; nothing is ever read as HTML.
 * The data are columns: `data.residences.name[i]` is the name of residence i.
 */
const lifecircle = (function () {
  const data = JSON.parse(document.getElementById("lifecircle-data").textContent);
  const { residences, facilities, links, zones, labels } = data;
  const words = labels.map;

  // Okabe and Ito's colours, readable by the colour-blind; each also differs in lightness.
  const VERDICT_STYLES = {
    met: { fill: "#2f86bd", line: "#0a4f7d" },
    short: { fill: "#f0a818", line: "#9a6500" },
    unreachable: { fill: "#a6290c", line: "#5e1200" },
    no_data: { fill: "#9a9a9a", line: "#6b6b6b", hatch: true, dash: "4 3" },
    not_asked: { fill: "#dedede", line: "#a9a9a9" },
  };
  const KIND_STYLES = {
    street_centre: { shape: "square", color: "#00664d" },
    township_centre: { shape: "diamond", color: "#00664d" },
    community_station: { shape: "circle", color: "#00936a" },
    day_care: { shape: "triangle", color: "#7a3c97" },
    canteen: { shape: "pentagon", color: "#c2478d" },
    rural_mutual_aid: { shape: "hexagon", color: "#7a6a00" },
    nursing_home: { shape: "square", color: "#4a4a4a" },
    care_home: { shape: "diamond", color: "#4a4a4a" },
    elder_school: { shape: "circle", color: "#7d7d7d" },
    nursery: { shape: "triangle", color: "#7d7d7d" },
    other: { shape: "cross", color: "#7d7d7d" },
  };
  const SHARE_STEPS = [
    { from: 0, color: "#f2f0f7" },
    { from: 0.25, color: "#cbc9e2" },
    { from: 0.5, color: "#9e9ac8" },
    { from: 0.75, color: "#756bb1" },
    { from: 0.95, color: "#54278f" },
  ];
  // Line widths in pixels at zoom 12, 14, 16 and 18.
  const STREET_STYLES = {
    path: { color: "#dcdad5", widths: [0, 0.5, 1, 1.6] },
    minor: { color: "#ffffff", casing: "#cfccc5", widths: [0.5, 1.1, 3, 7] },
    middle: { color: "#ffffff", casing: "#b9b5ad", widths: [1.2, 2.4, 5, 11] },
    major: { color: "#f6efdc", casing: "#a8a297", widths: [2, 3.6, 7.5, 15] },
  };
  const READINGS = ["rule", "own", "circle", "plain"];
  const NARROW = window.matchMedia("(max-width: 760px)");

  const state = { reading: "rule", selected: null };
  const layers = {};
  let map;

  // ------------------------------------------------------------------ texts and numbers

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

  /** The words for a code of `words`, such as flag_gates_unknown. */
  const coded = (prefix, code) => words[prefix + "_" + code] || code;

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

  // ------------------------------------------------------------------ geometry

  /** Decode one path: a position, then steps, in millionths of a degree. */
  function path(steps) {
    const positions = [];
    let x = 0;
    let y = 0;
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      positions.push([y / 1e6, x / 1e6]);
    }
    return positions;
  }

  /** Decode nested lists of paths; a bare path is a point. */
  function shape(nested) {
    return typeof nested[0] === "number" ? path(nested) : nested.map(shape);
  }

  const point = (steps) => path(steps)[0];

  // ------------------------------------------------------------------ symbols on the canvas

  const CORNERS = { triangle: 3, square: 4, diamond: 4, pentagon: 5, hexagon: 6 };
  const TURNS = { square: Math.PI / 4 };
  const SCALES = { triangle: 1.22, square: 1.16, diamond: 1.2, pentagon: 1.1, hexagon: 1.08 };

  /** Trace a symbol's outline around (x, y). */
  function trace(context, symbol, x, y, radius) {
    context.beginPath();
    if (symbol === "cross") {
      const arm = radius * 0.38;
      const tip = radius * 1.05;
      [[-arm, -tip], [arm, -tip], [arm, -arm], [tip, -arm], [tip, arm], [arm, arm], [arm, tip],
        [-arm, tip], [-arm, arm], [-tip, arm], [-tip, -arm], [-arm, -arm]]
        .forEach((corner) => context.lineTo(x + corner[0], y + corner[1]));
    } else if (CORNERS[symbol]) {
      const size = radius * SCALES[symbol];
      for (let i = 0; i < CORNERS[symbol]; i += 1) {
        const angle = (TURNS[symbol] || 0) - Math.PI / 2 + (i * 2 * Math.PI) / CORNERS[symbol];
        context.lineTo(x + size * Math.cos(angle), y + size * Math.sin(angle));
      }
    } else {
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.closePath();
  }

  /** Paint a symbol with a white rim; a planned facility is hollow. */
  function paint(context, style, x, y, radius) {
    context.lineJoin = "round";
    context.setLineDash([]);
    context.globalAlpha = 1;
    trace(context, style.shape, x, y, radius);
    context.strokeStyle = "#ffffff";
    context.lineWidth = style.hollow ? 5 : 3;
    context.stroke();
    context.fillStyle = style.hollow ? "#ffffff" : style.color;
    context.fill();
    if (style.hollow) {
      context.strokeStyle = style.color;
      context.lineWidth = 2;
      context.stroke();
    }
  }

  const SymbolCanvas = L.Canvas.extend({
    updateSymbol(layer) {
      if (!this._drawing || layer._empty()) return;
      const at = layer._point;
      paint(this._ctx, layer.options.symbol, at.x, at.y, layer._radius);
    },
  });
  const SymbolMarker = L.CircleMarker.extend({
    _updatePath() {
      this._renderer.updateSymbol(this);
    },
  });

  function kindStyle(kind, status) {
    const style = KIND_STYLES[kind] || KIND_STYLES.other;
    return { shape: style.shape, color: style.color, hollow: status === "planned" };
  }

  /** Diagonal lines, for what is not known. */
  function hatching(color) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const context = tile.getContext("2d");
    context.fillStyle = "#f4f4f4";
    context.fillRect(0, 0, 8, 8);
    context.strokeStyle = color;
    context.lineWidth = 1.4;
    [-8, 0, 8].forEach((offset) => {
      context.moveTo(offset - 1, 9);
      context.lineTo(offset + 9, -1);
    });
    context.stroke();
    return context.createPattern(tile, "repeat");
  }

  /** A small picture for the legend, drawn by the same code as the map. */
  function swatch(size, draw) {
    const canvas = make("canvas.swatch");
    const ratio = 2;
    canvas.width = canvas.height = size * ratio;
    canvas.style.width = canvas.style.height = size + "px";
    canvas.setAttribute("aria-hidden", "true");
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    draw(context, size);
    return canvas;
  }

  const symbolSwatch = (style, radius) =>
    swatch(18, (context, size) => paint(context, style, size / 2, size / 2, radius || 5.5));

  function verdictSwatch(verdict) {
    return swatch(16, (context, size) => {
      const style = verdictStyle(verdict);
      context.globalAlpha = style.fillOpacity;
      context.fillStyle = style.fillColor;
      context.fillRect(1.5, 1.5, size - 3, size - 3);
      context.globalAlpha = 1;
      context.strokeStyle = style.color;
      context.setLineDash(style.dashArray ? [3, 2] : []);
      context.strokeRect(1.5, 1.5, size - 3, size - 3);
    });
  }

  function verdictStyle(verdict) {
    const style = VERDICT_STYLES[verdict] || VERDICT_STYLES.no_data;
    if (style.hatch && !style.pattern) style.pattern = hatching(style.fill);
    return {
      color: style.line,
      fillColor: style.pattern || style.fill,
      fillOpacity: 0.82,
      weight: 1,
      dashArray: style.dash || null,
    };
  }

  // ------------------------------------------------------------------ backdrop

  function pane(name, level, renderer) {
    map.createPane(name).style.zIndex = level;
    if (renderer) map.getPane(name).style.pointerEvents = "none";
    return renderer || null;
  }

  function width(widths, zoom) {
    const step = Math.min(Math.max((zoom - 12) / 2, 0), widths.length - 1);
    const lower = Math.min(Math.floor(step), widths.length - 2);
    return widths[lower] + (widths[lower + 1] - widths[lower]) * (step - lower);
  }

  function drawBackdrop() {
    const renderer = pane("backdrop", 200, L.canvas({ pane: "backdrop", padding: 0.4 }));
    const common = { renderer, pane: "backdrop", interactive: false };
    const outline = data.area ? shape(data.area) : null;
    if (outline) {
      L.polygon(outline, Object.assign({ stroke: false, fillColor: "#fbfaf7", fillOpacity: 1 }, common)).addTo(map);
    }
    drawStreets(common);
    if (!outline) return;
    const outer = [[-85, -200], [-85, 200], [85, 200], [85, -200]];
    const holes = outline.map((part) => part[0]);
    L.polygon([outer].concat(holes), Object.assign({ stroke: false, fillColor: "#ebe9e4", fillOpacity: 0.62 }, common)).addTo(map);
    L.polygon(outline, Object.assign({ fill: false, color: "#ffffff", weight: 5, opacity: 0.9 }, common)).addTo(map);
    L.polygon(outline, Object.assign({ fill: false, color: "#77736b", weight: 1.6, dashArray: "9 4 2 4" }, common)).addTo(map);
  }

  /** All casings lie below all surfaces, and bridges above both. */
  function drawStreets(common) {
    const drawn = [];
    const decoded = data.streets.map((group) => shape(group.lines));
    const draw = (bridges, casing) =>
      Object.keys(STREET_STYLES).forEach((name) =>
        data.streets.forEach((group, i) => {
          const style = STREET_STYLES[name];
          if (group.class !== name || group.bridge !== bridges) return;
          const color = casing ? (bridges ? "#857f74" : style.casing) : style.color;
          if (!color) return;
          const pale = group.private && !casing;
          const line = L.polyline(decoded[i], Object.assign({
            color: pale ? "#e6e3dc" : color,
            opacity: group.private ? 0.75 : 1,
            dashArray: group.private ? "3 3" : null,
            lineCap: bridges && casing ? "butt" : "round",
            smoothFactor: 0.6,
          }, common));
          if (group.private && casing) return;
          drawn.push({ line: line.addTo(map), widths: style.widths, casing, extra: bridges ? 2.6 : 1.4, cased: Boolean(style.casing) });
        })
      );
    [false, true].forEach((bridges) => {
      draw(bridges, true);
      draw(bridges, false);
    });
    const rescale = () => drawn.forEach(scaleStreet);
    rescale();
    map.on("zoomend", rescale);
  }

  /** A road too narrow for a surface between two edges is one quiet line. */
  function scaleStreet(street) {
    const surface = width(street.widths, map.getZoom());
    const narrow = street.cased && surface < 2;
    const weight = street.casing ? (narrow ? surface : surface + street.extra) : (narrow ? 0 : surface);
    street.line.setStyle({ weight, stroke: weight > 0 });
  }

  // ------------------------------------------------------------------ layers

  function drawCatchments() {
    const renderer = pane("catchments", 250, L.canvas({ pane: "catchments", padding: 0.4 }));
    layers.catchments = { group: L.layerGroup().addTo(map), renderer };
  }

  const ringsOf = (test) => data.catchments.filter((ring) => ring.shape && test(ring));

  /** Show nested rings: the nearer, the fuller; the outermost edge is dashed. */
  function showCatchments(rings) {
    const { group, renderer } = layers.catchments;
    group.clearLayers();
    rings.forEach((ring, i) => {
      L.polygon(shape(ring.shape), {
        renderer,
        pane: "catchments",
        interactive: false,
        smoothFactor: 0.8,
        color: "#1b7f6b",
        weight: i === 0 ? 1.4 : 0.7,
        opacity: i === 0 ? 0.85 : 0.5,
        dashArray: i === 0 ? "5 4" : null,
        fillColor: "#3aa48d",
        fillOpacity: 0.1,
      }).addTo(group);
    });
  }

  function drawZones(common) {
    layers.zones = { group: L.layerGroup(), names: L.layerGroup().addTo(map), rows: [] };
    zones.id.forEach((id, row) => {
      const step = SHARE_STEPS.filter((each) => zones.served_share[row] >= each.from).pop();
      const known = isKnown(zones.served_share[row]);
      const zone = L.polygon(shape(zones.shape[row]), Object.assign({
        color: "#4a3f6b",
        weight: 1.6,
        fillColor: known ? step.color : verdictStyle("no_data").fillColor,
        fillOpacity: 0.5,
      }, common));
      bind(zone, "zone", row, () => [
        nameOf(zones, row),
        words.served_share + " " + percent(zones.served_share[row]),
      ]);
      layers.zones.rows.push(zone);
    });
  }

  function showZones(level) {
    layers.zones.group.clearLayers();
    layers.zones.rows.forEach((zone, row) => {
      if (zones.level[row] === level) layers.zones.group.addLayer(zone);
    });
    if (level) layers.zones.group.addTo(map);
    else layers.zones.group.remove();
    layers.zones.rows.forEach((zone) => zone._map && zone.bringToBack());
    showZoneNames(level || quietLevel());
  }

  /** The finest level whose names still fit on a map. */
  function quietLevel() {
    const few = zones.levels.filter((level) => zones.level.filter((each) => each === level).length <= 16);
    return few[few.length - 1];
  }

  function showZoneNames(level) {
    layers.zones.names.clearLayers();
    zones.id.forEach((id, row) => {
      if (zones.level[row] !== level) return;
      const text = make("span", nameOf(zones, row));
      const icon = L.divIcon({ className: "zone-name", html: text, iconSize: null });
      L.marker(point(zones.anchor[row]), { icon, interactive: false, keyboard: false }).addTo(layers.zones.names);
    });
  }

  function drawResidences(common) {
    layers.residences = residences.id.map((id, row) => {
      const geometry = residences.shape[row];
      if (!geometry) return null;
      const style = Object.assign({ smoothFactor: 0.5 }, common);
      const layer = typeof geometry[0] === "number"
        ? L.circleMarker(point(geometry), Object.assign({ radius: 6 }, style))
        : L.polygon(shape(geometry), style);
      bind(layer, "residence", row, () => [
        residenceName(row),
        word("verdict", verdictOf(row)) + " · " + fill(words.n_households, { n: number(residences.households[row]) }),
      ]);
      return layer.addTo(map);
    });
  }

  function drawFacilities(common) {
    layers.facilities = facilities.id.map((id, row) => {
      if (!facilities.anchor[row]) return null;
      const layer = new SymbolMarker(point(facilities.anchor[row]), Object.assign({
        radius: symbolRadius(facilities.counted_m2[row]),
        symbol: kindStyle(facilities.kind[row], facilities.status[row]),
        weight: 3,
      }, common));
      bind(layer, "facility", row, () => [
        facilityName(row),
        word("kind", facilities.kind[row]) + " · " + words.counted + " " + area(facilities.counted_m2[row]),
      ]);
      return facilities.status[row] === "closed" ? null : layer.addTo(map);
    });
  }

  /** Symbols shrink on a map of a whole city. */
  function scaleSymbols() {
    const scale = Math.min(Math.max(0.55 + (map.getZoom() - 12) * 0.15, 0.55), 1);
    layers.facilities.forEach((layer, row) => layer && layer.setRadius(scale * symbolRadius(facilities.counted_m2[row])));
  }

  /** The symbol's surface grows with the floor area that counts. */
  const symbolRadius = (m2) => Math.min(4.5 + Math.sqrt(Math.max(m2 || 0, 0)) / 7, 14);

  function bind(layer, type, row, lines) {
    layer.bindTooltip(() => make("div", null, lines().map((line, i) => make(i ? "span.sub" : "strong", line))), {
      sticky: true,
      direction: "top",
      offset: [0, -8],
    });
    layer.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      select({ type, row }, false);
    });
  }

  // ------------------------------------------------------------------ readings

  const verdictOf = (row, reading) => {
    const name = reading || state.reading;
    return residences[name === "rule" ? "verdict" : name + "_verdict"][row];
  };
  const reasonOf = (row, reading) => residences[reading === "rule" ? "reason" : reading + "_reason"][row];

  function showReading(reading) {
    state.reading = reading;
    layers.residences.forEach((layer, row) => layer && layer.setStyle(verdictStyle(verdictOf(row))));
    refreshSummary();
    refreshLegend();
    if (state.selected) select(state.selected, false);
  }

  // ------------------------------------------------------------------ head and side bar

  const slots = {};

  function buildHead() {
    const standard = data.study.standard;
    document.title = data.study.title || "LifeCircle 生活圈";
    const head = document.getElementById("head");
    head.appendChild(make("h1", data.study.title || "LifeCircle 生活圈"));
    const named = [standard.title, standard.number].filter(Boolean).join(" · ");
    head.appendChild(make("p.standard", null, [make("span", named), statusTag(standard)]));
    if (data.study.made) head.appendChild(make("p.made", words.made));
  }

  function statusTag(standard) {
    const text = fill(coded("status", standard.status), { horizon: isKnown(standard.horizon) ? standard.horizon : "—" });
    return make("em.status." + (standard.status === "in_force" ? "quiet" : "loud"), text);
  }

  function section(title, children, open) {
    const body = make("div.body", null, children);
    const details = make("details.section", null, [make("summary", title), body]);
    details.open = open;
    return details;
  }

  function buildSide() {
    const side = document.getElementById("side");
    slots.summary = make("div.summary");
    slots.legend = make("div.legend");
    const handle = make("button.handle", words.more);
    handle.type = "button";
    handle.addEventListener("click", () => {
      const open = side.classList.toggle("open");
      handle.textContent = open ? words.less : words.more;
      map.invalidateSize({ pan: false });
    });
    [
      handle,
      slots.summary,
      buildReadings(),
      section(words.residences, [slots.legend], true),
      section(words.layers, [buildCatchmentChoice(), buildZoneChoice()], true),
      section(words.facilities, [buildKinds()], true),
      section(words.search, [buildSearch()], true),
      section(words.about, buildNotes(), false),
    ].forEach((part) => side.appendChild(part));
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
    const reading = data.readings[state.reading];
    const met = reading.counts.met[1];
    const third = state.reading === "own"
      ? figure(number(reading.counts.short[0]), words.areas_short, words.own_no_shortage)
      : figure(number(reading.shortage_m2), words.shortage_m2, null);
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
    const counts = data.readings[state.reading].counts;
    const bar = make("div.bar");
    const rows = data.verdicts.map((verdict) => {
      if (counts[verdict][1] > 0) {
        const part = make("i." + verdict);
        part.style.flexGrow = counts[verdict][1];
        bar.appendChild(part);
      }
      const row = make("tr", null, [
        make("td", null, [verdictSwatch(verdict)]),
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

  function buildZoneChoice() {
    const options = [["", words.none]].concat(zones.levels.map((level) => [level, word("level", level)]));
    const key = make("p.shares", null, SHARE_STEPS.map((step) => {
      const part = make("span", "≥ " + percent(step.from));
      part.style.borderTopColor = step.color;
      return part;
    }));
    const show = (level) => {
      if (level) layers.catchments.show(""); // two tints on one place cannot be read
      showZones(level);
      key.hidden = !level;
    };
    show("");
    return make("div", null, [choice(words.zone_share, options, "", show), key]);
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
    return make("div", null, rows.concat([planned, sizes]));
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
    input.addEventListener("input", () => {
      empty(found);
      const wanted = input.value.trim().toLowerCase();
      if (!wanted) return;
      search(wanted).forEach((hit) => found.appendChild(make("li", null, [hitButton(hit)])));
      if (!found.firstChild) found.appendChild(make("li.none", words.nothing_found));
    });
    return make("div", null, [input, found]);
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
    const standard = data.study.standard;
    const plain = data.study.plain;
    return [
      make("p.note", null, [make("span", fill(words.standard_line, { title: standard.title })), statusTag(standard)]),
      make("p", fill(words.plain_line, { title: plain.title })),
      make("p", words.method),
    ].concat(data.study.attribution.map((line) => make("p", line)));
  }

  // ------------------------------------------------------------------ the panel

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
    linksOf(target.type, target.row).forEach((link) => {
      bounds.extend(point(residences.anchor[links.residence[link]]));
      bounds.extend(point(facilities.anchor[links.facility[link]]));
    });
    map.fitBounds(bounds, { maxZoom: 16, paddingTopLeft: [50, 40], paddingBottomRight: [NARROW.matches ? 40 : 450, 40] });
  }

  function deselect() {
    state.selected = null;
    layers.highlight.clearLayers();
    showCatchments(ringsOf((ring) => ring.facility === null && ring.kind === layers.catchments.chosen));
    document.getElementById("panel").hidden = true;
    document.body.classList.remove("explaining");
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
    map.invalidateSize({ pan: false });
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
    return flags.length ? make("ul.flags", null, flags.map((code) => make("li", coded("flag", code)))) : null;
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
      make("h3", words.reached_facilities),
      reachedTable(row),
      flagList(residences.flags[row]),
    ];
  }

  /** One reading of one residence: the verdict, and the numbers that make it. */
  function readingCard(row, reading) {
    const verdict = verdictOf(row, reading);
    const reason = reasonOf(row, reading);
    const head = make("header", null, [make("span", words["reading_" + reading]), chip(verdict)]);
    const card = make("article" + (reading === state.reading ? ".chosen" : ""), null, [
      head,
      reason ? make("p.reason", coded("reason", reason)) : null,
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
        reason ? [words.counted_zero, coded("counted", reason)] : null,
        [words.given, area(facilities.allocated_m2[row])],
        [words.idle, area(facilities.idle_m2[row])],
        isKnown(facilities.beds[row]) ? [words.beds, number(facilities.beds[row])] : null,
        [words.reached_households, number(facilities.reached_households[row])],
      ]),
      make("h3", words.reached_residences),
      userTable(row),
      flagList(facilities.flags[row]),
    ];
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
      ]),
      make("h3", fill(words.residences_by_verdict, { reading: words.reading_rule })),
      make("table.verdicts", null, [make("tbody", null, verdicts)]),
    ];
  }

  // ------------------------------------------------------------------ highlight

  /** Ring the chosen place and join it with the places at the other end of its links. */
  function highlight(target) {
    layers.highlight.clearLayers();
    const rings = target.type === "facility" ? ringsOf((ring) => ring.facility === target.row) : [];
    showCatchments(rings.length ? rings : ringsOf((ring) => ring.facility === null && ring.kind === layers.catchments.chosen));
    if (target.type === "zone") outline(zones.shape[target.row]);
    else highlightLinks(target);
    layers.facilities.forEach((layer) => layer && layer._map && layer.bringToFront());
  }

  function highlightLinks(target) {
    const isResidence = target.type === "residence";
    linksOf(target.type, target.row).forEach(drawLink);
    if (isResidence && residences.shape[target.row]) outline(residences.shape[target.row]);
    if (!isResidence) ring(facilities, target.row);
    if (isResidence && residences.nearest[target.row] !== null && !linksOf("residence", target.row).length) {
      drawLine(residences.anchor[target.row], facilities.anchor[residences.nearest[target.row]], { dashArray: "1 6", weight: 2 });
      ring(facilities, residences.nearest[target.row]);
    }
  }

  function drawLink(link) {
    const from = residences.anchor[links.residence[link]];
    const to = facilities.anchor[links.facility[link]];
    const share = allocatedBy(link);
    drawLine(from, to, share
      ? { weight: Math.min(1.5 + Math.sqrt(share) / 8, 5) }
      : { weight: 1, dashArray: "2 5", opacity: 0.6 });
  }

  function drawLine(from, to, style) {
    if (!from || !to) return;
    L.polyline([point(from), point(to)], Object.assign({ color: "#1a1a1a", opacity: 0.85 }, layers.highlightStyle, style)).addTo(layers.highlight);
  }

  function outline(geometry) {
    const isPoint = typeof geometry[0] === "number";
    [{ color: "#ffffff", weight: 6 }, { color: "#111111", weight: 2.5 }].forEach((line) => {
      const style = Object.assign({ fill: false }, layers.highlightStyle, line);
      const layer = isPoint ? L.circleMarker(point(geometry), Object.assign({ radius: 8 }, style)) : L.polygon(shape(geometry), style);
      layer.addTo(layers.highlight);
    });
  }

  function ring(table_, row) {
    if (!table_.anchor[row]) return;
    const radius = symbolRadius(table_.counted_m2[row]) + 5;
    L.circleMarker(point(table_.anchor[row]), Object.assign({ fill: false, color: "#111111", weight: 2.5, radius }, layers.highlightStyle)).addTo(layers.highlight);
  }

  // ------------------------------------------------------------------ controls and start

  function addControls() {
    L.control.zoom({ position: "topleft", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
    const credit = L.control({ position: "bottomright" });
    credit.onAdd = () => make("div.credit", data.study.attribution.join(" · "));
    if (data.study.attribution.length) credit.addTo(map);
  }

  function fitted() {
    const [west, south, east, north] = data.bounds;
    return L.latLngBounds([south, west], [north, east]);
  }

  function draw(foliumMap) {
    map = foliumMap;
    buildHead();
    addControls();
    map.fitBounds(fitted(), { maxZoom: 16, padding: [12, 12], animate: false });
    drawBackdrop();
    drawCatchments();
    map.createPane("study").style.zIndex = 400;
    const common = { renderer: new SymbolCanvas({ pane: "study", padding: 0.2, tolerance: NARROW.matches ? 6 : 0 }), pane: "study" };
    drawZones(common);
    drawResidences(common);
    layers.highlightStyle = Object.assign({ interactive: false }, common);
    layers.highlight = L.layerGroup().addTo(map);
    drawFacilities(common);
    scaleSymbols();
    map.on("zoomend", scaleSymbols);
    buildSide();
    showReading(state.reading);
    map.on("click", deselect);
    document.addEventListener("keydown", (event) => event.key === "Escape" && deselect());
    map.invalidateSize(false);
    map.fitBounds(fitted(), { maxZoom: 16, padding: [12, 12], animate: false });
    window.addEventListener("beforeprint", () => map.invalidateSize(false));
    window.addEventListener("afterprint", () => map.invalidateSize(false));
  }

  return { draw };
})();
