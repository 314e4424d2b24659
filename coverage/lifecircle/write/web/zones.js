/* Zones, coloured by one of their figures; and their names. */

const SHARE_STEPS = [
  { from: 0, color: "#f2f0f7" },
  { from: 0.25, color: "#cbc9e2" },
  { from: 0.5, color: "#9e9ac8" },
  { from: 0.75, color: "#756bb1" },
  { from: 0.95, color: "#54278f" },
].map((step) => Object.assign(step, { text: "≥ " + percent(step.from) }));
const SHORTAGE_COLORS = ["#fff7ec", "#fdd49e", "#fc8d59", "#d7301f", "#7f0000"];
const MEASURES = {
  served_share: { name: words.served_share, text: percent, steps: () => SHARE_STEPS },
  met_share: { name: words.met_share, text: percent, steps: () => SHARE_STEPS },
  shortage_m2: { name: words.shortage_m2, text: area, steps: shortageSteps },
};
const ZONE_OPACITY = isPublic ? "d9" : "99"; // the last two digits of a colour

/** Nothing, something, and three round steps up to the largest shortage of a level. */
function shortageSteps(level) {
  const values = zones.shortage_m2.filter((value, row) => zones.level[row] === level && isKnown(value));
  const largest = Math.max.apply(null, values.concat([4])) / 4;
  const size = Math.pow(10, Math.floor(Math.log10(largest)));
  const unit = Math.floor(largest / size) * size;
  return [0, Number.MIN_VALUE, unit, 2 * unit, 3 * unit].map((from, i) => ({
    from,
    color: SHORTAGE_COLORS[i],
    text: i === 0 ? "0" : i === 1 ? "> 0" : "≥ " + number(from),
  }));
}

/** Zones lie under the residences; where those are tiles, on a canvas of their own. */
function drawZones(study) {
  const below = () => ({ renderer: pane("zones", 380, L.canvas({ pane: "zones", padding: 0.2 })), pane: "zones", interactive: false });
  const common = data.tiles ? below() : study;
  layers.zones = { group: placeGroup(), names: L.layerGroup().addTo(map), rows: [], measure: isPublic ? "met_share" : "served_share", level: "" };
  zones.id.forEach((id, row) => {
    const zone = surfaceLayer(zones.shape[row], Object.assign({ color: "#4a3f6b", weight: 1.6, fillOpacity: 1, place: { type: "zone", row } }, common));
    layers.zones.rows.push(zone);
  });
}

function zoneLine(row) {
  const measure = MEASURES[layers.zones.measure];
  const value = zones[layers.zones.measure][row];
  return measure.name + " " + (isKnown(value) ? measure.text(value) : words.zone_blank);
}

function showZones(level) {
  layers.zones.level = level;
  layers.zones.group.clearLayers();
  const steps = MEASURES[layers.zones.measure].steps(level);
  layers.zones.rows.forEach((zone, row) => {
    if (zones.level[row] !== level) return;
    const value = zones[layers.zones.measure][row];
    const step = steps.filter((each) => isKnown(value) && value >= each.from).pop();
    zone.setStyle({ fillColor: step ? step.color + ZONE_OPACITY : verdictStyle("no_data").fillColor });
    layers.zones.group.addLayer(zone);
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
  thinZoneNames();
}

/** Leave out the names that would lie over others; nearer by there is room for them. */
function thinZoneNames() {
  const kept = [];
  layers.zones.names.eachLayer((marker) => {
    const span = marker.getElement().firstChild;
    const box = span.getBoundingClientRect();
    const covered = kept.some((other) => box.left < other.right && other.left < box.right
      && box.top < other.bottom && other.top < box.bottom);
    span.style.visibility = covered ? "hidden" : "";
    if (!covered) kept.push(box);
  });
}

/** Which zones are coloured, by which figure, and what the colours mean. */
function buildZoneChoice() {
  const levels = (isPublic ? [] : [["", words.none]]).concat(zones.levels.map((level) => [level, word("level", level)]));
  const measures = Object.keys(MEASURES).map((name) => [name, MEASURES[name].name]);
  const key = make("div.steps");
  const show = () => {
    const level = layers.zones.level;
    if (level && !isPublic) layers.catchments.show(""); // two tints on one place cannot be read
    showZones(level);
    empty(key);
    if (level) zoneKey(level).forEach((part) => key.appendChild(part));
  };
  const chosen = isPublic ? publicLevel() : "";
  layers.zones.level = chosen;
  show();
  return make("div.zones", null, [
    choice(words.zones_by, levels, chosen, (level) => {
      layers.zones.level = level;
      show();
    }),
    choice(words.zone_figure, measures, layers.zones.measure, (measure) => {
      layers.zones.measure = measure;
      show();
    }),
    key,
  ]);
}

function publicLevel() {
  return zones.levels.indexOf("street") < 0 ? zones.levels[zones.levels.length - 1] || "" : "street";
}

function zoneKey(level) {
  const steps = MEASURES[layers.zones.measure].steps(level).map((step) => {
    const part = make("span", step.text);
    part.style.borderTopColor = step.color + ZONE_OPACITY;
    return part;
  });
  const blank = zones.id.some((id, row) => zones.level[row] === level && !isKnown(zones[layers.zones.measure][row]));
  return [
    make("p.key", MEASURES[layers.zones.measure].name),
    make("p.shares", null, steps),
    blank ? make("p.key", null, [verdictSwatch("no_data"), make("span", words.zone_blank)]) : null,
  ].filter(Boolean);
}
