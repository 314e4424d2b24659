/* Catchments, residences and facilities. */

function drawCatchments() {
  const renderer = pane("catchments", 250, L.canvas({ pane: "catchments", padding: 0.4 }));
  layers.catchments = { group: L.layerGroup().addTo(map), renderer };
}

/** The rings that pass a test, and the slider. */
const ringsOf = (test) => data.catchments.filter((ring) => ring.shape && test(ring)
  && (state.minutes >= limitMinutes || ring.minutes <= state.minutes));

/** Show nested rings: the nearer, the fuller; the outermost edge is dashed. */
function showCatchments(rings) {
  const { group, renderer } = layers.catchments;
  group.clearLayers();
  rings.forEach((ring, i) => {
    surfaceLayer(ring.shape, {
      renderer,
      pane: "catchments",
      interactive: false,
      color: "#1b7f6b",
      weight: i === 0 ? 1.4 : 0.7,
      opacity: i === 0 ? 0.85 : 0.5,
      dashArray: i === 0 ? "5 4" : null,
      fillColor: "#3aa48d",
      fillOpacity: 0.1,
    }).addTo(group);
  });
}

/* Where one more facility would put a shortage cluster right. */
const REMEDY_STYLES = {
  all_met: { color: "#7a1f5c", weight: 1.4, fillColor: "#a3397d", fillOpacity: 0.34 },
  with_others: { color: "#7a1f5c", weight: 1, dashArray: "4 3", fillColor: "#a3397d", fillOpacity: 0.13 },
  helps: { color: "#7a1f5c", weight: 1, dashArray: "1 4", fillColor: "#a3397d", fillOpacity: 0.05 },
};

function drawRemedies() {
  const renderer = pane("remedies", 410, L.canvas({ pane: "remedies", padding: 0.4 }));
  layers.remedies = { group: L.layerGroup().addTo(map), renderer, shown: false };
}

/** All areas where one site would do; of clusters that no one site helps out, where any helps. */
const remediesToShow = (cluster) => data.remedies.filter((remedy) => remedy.shape
  && (!cluster || remedy.cluster === cluster)
  && (remedy.kind !== "helps" || !data.clusters[remedy.cluster].single));

function showRemedies(cluster) {
  const { group, renderer, shown } = layers.remedies;
  group.clearLayers();
  if (!shown && !cluster) return;
  remediesToShow(cluster).forEach((remedy) => {
    surfaceLayer(remedy.shape, Object.assign({ renderer, pane: "remedies", interactive: false }, REMEDY_STYLES[remedy.kind])).addTo(group);
  });
}

/** What tells of its places when they are pointed at, and explains them when they are clicked. */
function placeGroup() {
  const group = L.featureGroup();
  group.bindTooltip((layer) => tooltip(layer.options.place), { sticky: true, direction: "top", offset: [0, -8] });
  group.on("click", (event) => {
    L.DomEvent.stopPropagation(event);
    select(event.layer.options.place, false);
  });
  return group;
}

function drawResidences(study) {
  if (data.tiles) {
    drawTiles();
    return;
  }
  const group = placeGroup().addTo(map);
  layers.residences = residences.id.map((id, row) => {
    const geometry = residences.shape[row];
    if (!geometry) return null;
    const common = Object.assign({ place: { type: "residence", row } }, study);
    const layer = isPoint(geometry)
      ? L.circleMarker(point(geometry), Object.assign({ radius: POINT_RADIUS }, common))
      : surfaceLayer(geometry, common);
    group.addLayer(layer);
    return layer;
  });
}

function drawFacilities(common) {
  const group = placeGroup().addTo(map);
  group.on("mouseover mouseout", (event) => { state.onSymbol = event.type === "mouseover"; });
  layers.facilities = facilities.id.map((id, row) => {
    if (!facilities.anchor[row]) return null;
    const layer = new SymbolMarker(point(facilities.anchor[row]), Object.assign({
      radius: symbolRadius(facilities.counted_m2[row]),
      symbol: kindStyle(facilities.kind[row], facilities.status[row]),
      weight: 3,
      place: { type: "facility", row },
    }, common));
    if (facilities.status[row] === "closed") return null;
    group.addLayer(layer);
    return layer;
  });
}

/** Symbols shrink on a map of a whole city. */
function scaleSymbols() {
  const scale = Math.min(Math.max(0.55 + (map.getZoom() - 12) * 0.15, 0.25), 1);
  layers.facilities.forEach((layer, row) => layer && layer.setRadius(scale * symbolRadius(facilities.counted_m2[row])));
}

/** The symbol's surface grows with the floor area that counts. */
const symbolRadius = (m2) => Math.min(4.5 + Math.sqrt(Math.max(m2 || 0, 0)) / 7, 14);

/** What is said of a place that is pointed at. */
const TOOLTIP_LINES = {
  residence: (row) => [
    residenceName(row),
    word("verdict", verdictOf(row)) + " · " + fill(words.n_households, { n: number(residences.households[row]) }),
  ],
  facility: (row) => [
    facilityName(row),
    word("kind", facilities.kind[row]) + " · " + words.counted + " " + area(facilities.counted_m2[row]),
  ],
  zone: (row) => [nameOf(zones, row), zoneLine(row)],
};

const tooltip = ({ type, row }) =>
  make("div", null, TOOLTIP_LINES[type](row).map((line, i) => make(i ? "span.sub" : "strong", line)));

const verdictOf = (row, reading) => {
  const name = reading || state.reading;
  return residences[name === "rule" ? "verdict" : name + "_verdict"][row];
};
const reasonOf = (row, reading) => residences[reading === "rule" ? "reason" : reading + "_reason"][row];

function showReading(reading) {
  state.reading = reading;
  paintResidences();
  refreshSummary();
  refreshLegend();
  slots.refreshSearch();
  if (state.selected) select(state.selected, false);
}
